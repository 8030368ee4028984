import { setTimeout as sleep } from "node:timers/promises";
import { type Emit, type Input, type InputContext, reasonOf, Replaced } from "fieldline/plugin";
import { BoardSession } from "./board-session.ts";
import { channelsOf, longestPause } from "./channels.ts";
import { keepLink } from "./kept-links.ts";
import { type LinkCounts, noCounts } from "./link-counts.ts";
import { openBoard, type Surroundings } from "./open-board.ts";
import { SequenceLog } from "./sequence.ts";
import { type ArduinoSettings, portName } from "./settings.ts";

const SYSTEM: Surroundings = { sys: "/sys", dev: "/dev", watchMs: 1_000, bootMs: 3_000, reportMs: 60_000 };
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 4_000;
/** A board says something at each interval; so many of them without a word are silence. */
const SILENT_INTERVALS = 5;
const LEAST_SILENCE_MS = 5_000;
const END_MS = 1_000;
/** Boards and epochs of which the sequence is known. */
const MOST_SEQUENCES = 8;

/** Readings of one board, until it is stopped: a board that is lost is looked for again. */
export class ArduinoInput implements Input {
  readonly #settings: ArduinoSettings;
  readonly #context: InputContext;
  readonly #around: Surroundings;
  readonly #counts: LinkCounts = noCounts();
  readonly #sequences = new Map<string, SequenceLog>();
  /** Why there is no board, as last reported. */
  #trouble = "";
  #retryMs = FIRST_RETRY_MS;

  /** @param around other surroundings than the system's, for a test */
  constructor(settings: ArduinoSettings, context: InputContext, around: Partial<Surroundings> = {}) {
    this.#settings = settings;
    this.#context = context;
    this.#around = { ...SYSTEM, ...around };
  }

  async run(emit: Emit, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#connect(emit, signal).catch((error: unknown) => this.#tell(error, signal));
      const wait = this.#retryMs / 2 + (Math.random() * this.#retryMs) / 2;
      await sleep(wait, undefined, { signal }).catch(() => {});
      this.#retryMs = Math.min(2 * this.#retryMs, LAST_RETRY_MS);
    }
  }

  /** One time of being connected. @throws Error that says why the board is lost, or not to be had */
  async #connect(emit: Emit, signal: AbortSignal): Promise<void> {
    const { sensors, interval } = this.#settings;
    const { link, banner } = await openBoard(this.#settings, this.#context, this.#around, signal);
    const quickest = Math.min(...sensors.map((sensor) => longestPause(sensor, interval)));
    const session = new BoardSession(link, {
      sensors,
      channels: channelsOf(this.#settings),
      silenceMs: Math.max(LEAST_SILENCE_MS, SILENT_INTERVALS * quickest),
      reportMs: this.#around.reportMs,
      context: { ...this.#context, report: (state, detail) => this.#report(state, detail) },
      emit,
      counts: this.#counts,
      sequenceOf: (board, epoch) => this.#sequenceOf(board, epoch),
    });
    try {
      await session.run(banner, signal);
    } finally {
      if (signal.reason instanceof Replaced) keepLink(portName(this.#settings), link);
      else {
        if (signal.aborted && !this.#context.observing)
          await session.end(AbortSignal.timeout(END_MS)).catch(() => undefined);
        await link.close();
      }
    }
  }

  #sequenceOf(board: string, epoch: number): SequenceLog {
    const key = `${board} ${epoch}`;
    const known = this.#sequences.get(key);
    if (known !== undefined) return known;
    const stored = this.#context.recent().flatMap(({ attributes }) => {
      const { board: id, epoch: of, sequence } = attributes ?? {};
      return id === board && of === String(epoch) ? [Number(sequence)] : [];
    });
    const made = new SequenceLog(stored);
    for (const [other, log] of this.#sequences) if (other.startsWith(`${board} `)) this.#tellLost(log.giveUp());
    if (this.#sequences.size === MOST_SEQUENCES) this.#sequences.clear();
    this.#sequences.set(key, made);
    return made;
  }

  /** Of what a board has not sent whole before it lost its memory nothing can come any more. */
  #tellLost(readings: number): void {
    if (readings === 0) return;
    this.#counts.lost += readings;
    this.#context.count("lost_readings", readings);
  }

  #report(state: "up" | "down", detail?: string): void {
    this.#trouble = "";
    this.#retryMs = FIRST_RETRY_MS;
    this.#context.report(state, detail);
  }

  /** Reports why there is no board; the same reason once, however often it is tried. */
  #tell(error: unknown, signal: AbortSignal): void {
    const reason = reasonOf(error);
    if (signal.aborted || reason === this.#trouble) return;
    this.#trouble = reason;
    this.#context.report("down", reason);
  }
}
