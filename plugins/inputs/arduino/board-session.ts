import { setTimeout as sleep } from "node:timers/promises";
import {
  type Arrival,
  type Banner,
  BoardError,
  type BoardLink,
  type Emit,
  FIRMWARE_VERSION,
  type Frame,
  type Group,
  type InputContext,
} from "fieldline/plugin";
import { BoardClock } from "./board-clock.ts";
import { configure } from "./configure.ts";
import { FailingSensors } from "./failing-sensors.ts";
import { type LinkCounts, linkLine } from "./link-counts.ts";
import { SequenceLog } from "./sequence.ts";
import type { SensorSettings } from "./settings.ts";

/** How often what is durable is acknowledged and what is missing is asked for. */
const TURN_MS = 200;
/** So often is a missing reading asked for; what is sent again may be damaged again. */
const REQUESTS = 5;
/** Readings on their way into the journal; more are left to the board, which holds some. */
const MOST_PENDING = 4_096;

export interface SessionOptions {
  readonly sensors: readonly SensorSettings[];
  /** The settings of each channel, as the board is told them. */
  readonly channels: readonly string[];
  /** A board that says nothing for so long is gone, in milliseconds. */
  readonly silenceMs: number;
  /** How often what happened on the way from the board becomes a reading, in milliseconds. */
  readonly reportMs: number;
  readonly context: InputContext;
  readonly emit: Emit;
  readonly counts: LinkCounts;
  /** What is known of the readings of a board in an epoch. */
  readonly sequenceOf: (board: string, epoch: number) => SequenceLog;
}

/** One time of being connected with a board. */
export class BoardSession {
  readonly #link: BoardLink;
  readonly #options: SessionOptions;
  readonly #name: string;
  readonly #names: readonly string[];
  readonly #failing: FailingSensors;
  readonly #clock: BoardClock;
  #id = "";
  #epoch = 0;
  #sequence = new SequenceLog();
  #heardMs = performance.now();
  #pending = 0;
  /** It was reset, and may have another configuration than it should. */
  #reset: Banner | undefined;

  constructor(link: BoardLink, options: SessionOptions) {
    this.#link = link;
    this.#options = options;
    this.#name = link.connection.name;
    this.#clock = new BoardClock(link.baud);
    this.#names = options.sensors.map(({ name }) => name);
    this.#failing = new FailingSensors(options.sensors, options.context.log);
  }

  /**
   * Configures the board and passes on its readings.
   * @param banner what it has just said of itself
   * @throws Error that says why it is lost or of no use; the signal's reason
   */
  async run(banner: Banner, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    const lost = this.#link.connection.lost.then((reason) => Promise.reject(reason));
    try {
      await Promise.race([this.#work(banner, either), this.#watch(either), lost]);
    } finally {
      over.abort();
    }
  }

  /** Has what came made durable and acknowledged, so that it need not come again. */
  async end(signal: AbortSignal): Promise<void> {
    await this.#options.emit([], { senderWaits: true });
    const durable = this.#sequence.toAcknowledge();
    if (durable !== undefined) await this.#link.conversation.order(`ack ${durable}`, signal);
  }

  async #work(banner: Banner, signal: AbortSignal): Promise<void> {
    const { context, channels } = this.#options;
    this.#id = banner.id ?? "";
    this.#begin(banner);
    this.#link.listen({ frame: (frame, arrivedMs) => this.#take(frame, arrivedMs) });
    if (!context.observing) {
      await this.#fetchHeld(banner, signal);
      await configure(this.#link, banner, channels, this.#names, signal);
    }
    const { firmware } = banner;
    const old = firmware === FIRMWARE_VERSION ? "" : `; \`fieldline flash\` puts ${FIRMWARE_VERSION} there`;
    context.report("up", `reading the board ${this.#id} on ${this.#name}, firmware ${firmware}${old}`);
    let reportedMs = performance.now();
    for (;;) {
      await sleep(TURN_MS, undefined, { signal });
      if (this.#reset !== undefined) await this.#begunAnew(this.#reset, signal);
      if (!context.observing) await this.#settle(signal);
      if (performance.now() - reportedMs < this.#options.reportMs) continue;
      reportedMs = performance.now();
      this.#report();
    }
  }

  /** A new run of the board's clock, and perhaps of its sequence. */
  #begin({ epoch, next, held }: Banner): void {
    this.#epoch = epoch;
    this.#clock.begin();
    this.#sequence = this.#options.sequenceOf(this.#id, epoch);
    this.#sequence.announced(next, held);
  }

  /** Takes what the board holds before its channels change, which would make it forget. */
  async #fetchHeld({ held }: Banner, signal: AbortSignal): Promise<void> {
    if (held === 0) return;
    for (let turn = 0; turn <= 2 * REQUESTS && this.#sequence.firstMissing !== undefined; turn++) {
      await this.#settle(signal);
      await sleep(TURN_MS, undefined, { signal });
    }
  }

  async #begunAnew(banner: Banner, signal: AbortSignal): Promise<void> {
    this.#reset = undefined;
    if (!this.#options.context.observing)
      await configure(this.#link, banner, this.#options.channels, this.#names, signal);
  }

  /** Acknowledges what is durable, asks for what is missing. */
  async #settle(signal: AbortSignal): Promise<void> {
    const { conversation } = this.#link;
    const durable = this.#sequence.toAcknowledge();
    if (durable !== undefined) {
      await conversation.order(`ack ${durable}`, signal);
      this.#sequence.acknowledged(durable);
    }
    const lost = this.#sequence.asked(REQUESTS);
    if (lost > 0) this.#count("lost", "lost_readings", lost);
    const missing = this.#sequence.firstMissing;
    if (missing !== undefined) await conversation.order(`again ${missing}`, signal);
  }

  #take(frame: Frame, arrivedMs: number): void {
    if (frame.kind !== "damaged") this.#heardMs = arrivedMs;
    if (frame.kind === "group") this.#takeGroup(frame, arrivedMs);
    if (frame.kind === "failure") this.#failing.failed(frame);
    if (frame.kind === "failure") this.#count("failures", "sensor_failures");
    if (frame.kind === "damaged") this.#count("damaged", "damaged_groups");
    if (frame.kind === "banner" && this.#clock.isReset(frame.banner)) this.#takeReset(frame.banner);
  }

  #takeReset(banner: Banner): void {
    this.#count("restarts", "board_restarts");
    this.#begin(banner);
    this.#reset = banner;
  }

  #takeGroup(group: Group, arrivedMs: number): void {
    const times = this.#clock.attributesOf(group, arrivedMs);
    const { sequence, line } = group;
    if (this.#pending >= MOST_PENDING || !this.#sequence.receive(sequence)) return;
    this.#failing.said(line);
    this.#options.counts.groups += 1;
    const attributes = { board: this.#id, epoch: String(this.#epoch), sequence: String(sequence), ...times };
    const time = this.#options.context.takeTime(line.length);
    this.#emit({ channel: `board:${this.#id}`, payload: line, time, attributes }, sequence);
  }

  /** Passes a reading on; the board holds it until it is durable, so that nothing has to be dropped. */
  #emit(arrival: Arrival, sequence: number): void {
    const log = this.#sequence;
    this.#pending += 1;
    void this.#options
      .emit([arrival])
      .then(
        () => log.stored(sequence),
        () => log.refused(sequence),
      )
      .finally(() => (this.#pending -= 1));
  }

  /** @param event its name among the metrics */
  #count(name: keyof LinkCounts, event: string, by = 1): void {
    this.#options.counts[name] += by;
    this.#options.context.count(event, by);
  }

  #report(): void {
    const { counts, context, emit } = this.#options;
    const line = Buffer.from(linkLine(this.#id, counts, this.#clock.driftPpm, this.#clock.jitterMs));
    void emit([{ channel: `board:${this.#id}/link`, payload: line, time: context.takeTime(line.length) }]).catch(
      () => {},
    );
  }

  /** @throws BoardError when the board says nothing for too long; the signal's reason */
  async #watch(signal: AbortSignal): Promise<void> {
    const { silenceMs } = this.#options;
    while (performance.now() - this.#heardMs < silenceMs) await sleep(TURN_MS, undefined, { signal });
    const name = `the board ${this.#id} on ${this.#name}`;
    throw new BoardError(`${name} has been silent for ${silenceMs / 1_000} s: opening it again`);
  }
}
