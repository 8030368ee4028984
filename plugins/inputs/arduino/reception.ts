import {
  type Arrival,
  type Banner,
  type Emit,
  type Failure,
  type Frame,
  type Group,
  type InputContext,
  WIRE_VERSION,
} from "fieldline/plugin";
import { configurationOf } from "./configure.ts";
import { FailingSensors } from "./failing-sensors.ts";
import { idOf, type KnownBoard } from "./known-board.ts";
import type { LinkCounts } from "./link-counts.ts";
import type { SequenceLog } from "./sequence.ts";
import type { SensorSettings } from "./settings.ts";

/** Readings on their way into the journal; more are left to the board, which holds some. */
const MOST_PENDING = 4_096;

export interface ReceptionOptions {
  readonly sensors: readonly SensorSettings[];
  /** The settings of each channel, as the board is told them. */
  readonly channels: readonly string[];
  readonly context: InputContext;
  readonly emit: Emit;
  readonly counts: LinkCounts;
  /** The sequence that a banner goes on with, or begins. */
  readonly sequenceOf: (banner: Banner) => SequenceLog;
}

/** Takes what a board says: passes on its readings, notices its resets, counts what goes wrong on the way. */
export class Reception {
  /** When the last reading came that was asked for again, by `performance.now()`. */
  repeatedMs = Number.NEGATIVE_INFINITY;
  /** Its clock has gone back, and no banner has said why: to which run its readings belong is not known. */
  unexplained = false;
  readonly #board: KnownBoard;
  readonly #options: ReceptionOptions;
  readonly #configuration: string;
  readonly #failing: FailingSensors;
  #heard = false;
  #pending = 0;
  #reset: Banner | undefined;

  constructor(board: KnownBoard, options: ReceptionOptions) {
    this.#board = board;
    this.#options = options;
    this.#configuration = configurationOf(options.channels);
    this.#failing = new FailingSensors(options.sensors, options.context.log);
  }

  /** @param arrivedMs when its last byte was read, by `performance.now()` */
  take(frame: Frame, arrivedMs: number): void {
    if (frame.kind !== "damaged") this.#heard = true;
    if (frame.kind === "group") this.#takeGroup(frame, arrivedMs);
    if (frame.kind === "failure") this.#takeFailure(frame, arrivedMs);
    if (frame.kind === "damaged") this.count("damaged", "damaged_groups");
    if (frame.kind === "banner" && this.#tellsOfReset(frame.banner)) this.#takeReset(frame.banner);
  }

  /** Whether the board has said something since this was asked last. */
  takeHeard(): boolean {
    const heard = this.#heard;
    this.#heard = false;
    return heard;
  }

  /** The board was reset, and this is the banner that says so; it may be another one's. */
  get reset(): Banner | undefined {
    return this.#reset;
  }

  /** The reset has been followed. */
  forgetReset(): void {
    this.#reset = undefined;
  }

  /** @param event its name among the metrics */
  count(name: keyof LinkCounts, event: string, by = 1): void {
    this.#options.counts[name] += by;
    this.#options.context.count(event, by);
  }

  /** A banner that answers a question goes on with clock and sequence. */
  #tellsOfReset({ clock, epoch, next }: Banner): boolean {
    const { banner, sequence, clock: known } = this.#board;
    return this.unexplained || known.goesBackTo(clock) || epoch !== banner.epoch || sequence.isPast(next);
  }

  #takeReset(banner: Banner): void {
    this.#reset = banner;
    this.unexplained = !isSame(this.#board, banner);
    if (this.unexplained) return;
    this.count("restarts", "board_restarts");
    this.#board.banner = banner;
    this.#board.clock.begin(banner.clock);
    this.#board.sequence = this.#options.sequenceOf(banner);
  }

  #takeFailure(failure: Failure, arrivedMs: number): void {
    this.count("failures", "sensor_failures");
    // Before that the channel is another sensor's.
    if (this.#board.banner.config === this.#configuration) this.#failing.failed(failure, arrivedMs);
  }

  #takeGroup(group: Group, arrivedMs: number): void {
    const { sequence, line, clock } = group;
    const { context, counts } = this.#options;
    const { clock: known, sequence: log } = this.#board;
    if (clock === undefined) this.repeatedMs = arrivedMs;
    else if (known.goesBackTo(clock)) this.unexplained = true;
    // The board holds it, and sends it again when the reset is known.
    if (this.unexplained) return;
    const times = known.attributesOf(group, arrivedMs);
    if (this.#pending >= MOST_PENDING || !log.receive(sequence)) return;
    this.#failing.said(line, arrivedMs);
    counts.groups += 1;
    const id = idOf(this.#board);
    const epoch = String(this.#board.banner.epoch);
    const attributes = { board: id, epoch, sequence: String(sequence), ...times };
    const time = context.takeTime(line.length);
    // `thin` keeps one reading of a channel: each sensor has its own.
    const channel = `board:${id}/${line.toString("utf8", 0, line.indexOf(" "))}`;
    this.#emit({ channel, payload: line, time, attributes }, sequence);
  }

  /** Passes a reading on; the board holds it until it is durable, so that nothing has to be dropped. */
  #emit(arrival: Arrival, sequence: number): void {
    const log = this.#board.sequence;
    this.#pending += 1;
    void this.#options
      .emit([arrival])
      .then(
        () => log.stored(sequence),
        () => log.refused(sequence),
      )
      .finally(() => (this.#pending -= 1));
  }
}

/** Whether a banner is a board's own, and one that this agent understands. */
export function isSame({ banner }: KnownBoard, { id, version }: Banner): boolean {
  return id === banner.id && version === WIRE_VERSION;
}
