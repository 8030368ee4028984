import { setTimeout as sleep } from "node:timers/promises";
import { type Emit, type Input, type InputContext, reasonOf, Replaced } from "fieldline/plugin";
import { BoardClock } from "./board-clock.ts";
import { BoardSession } from "./board-session.ts";
import { channelsOf, longestPause } from "./channels.ts";
import { type KeptLink, keepLink, takeKeptLink } from "./kept-links.ts";
import { Ledger } from "./ledger.ts";
import { reasonAgainstChip } from "./models.ts";
import { openBoard, type Surroundings } from "./open-board.ts";
import { type ArduinoSettings, portName } from "./settings.ts";

const SYSTEM: Surroundings = {
  sys: "/sys",
  dev: "/dev",
  watchMs: 1_000,
  bootMs: 3_000,
  reportMs: 60_000,
  silenceMs: 5_000,
};
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 4_000;
/** A board says something at each interval; so many of them without a word are silence. */
const SILENT_INTERVALS = 5;
const END_MS = 1_000;

/** Readings of one board, until it is stopped: a board that is lost is looked for again. */
export class ArduinoInput implements Input {
  readonly #settings: ArduinoSettings;
  readonly #context: InputContext;
  readonly #around: Surroundings;
  #ledger = new Ledger();
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
    const { link, board, ledger } = (await this.#takeOver()) ?? (await this.#open(signal));
    this.#ledger = ledger;
    const quickest = Math.min(...sensors.map((sensor) => longestPause(sensor, interval)));
    const session = new BoardSession(link, board, {
      sensors,
      channels: channelsOf(this.#settings),
      silenceMs: Math.max(this.#around.silenceMs, SILENT_INTERVALS * quickest),
      reportMs: this.#around.reportMs,
      context: { ...this.#context, report: (state, detail) => this.#report(state, detail) },
      emit,
      counts: ledger.counts,
      sequenceOf: (banner) => ledger.sequenceOf(banner, this.#context.recent()),
    });
    try {
      await session.run(signal);
    } finally {
      if (signal.reason instanceof Replaced) keepLink(portName(this.#settings), { link, board, ledger });
      else {
        if (signal.aborted && !this.#context.observing)
          await session.end(AbortSignal.timeout(END_MS)).catch(() => undefined);
        await link.close();
      }
    }
  }

  /** What the input before this one has left open, if that is still the board that is wanted. */
  async #takeOver(): Promise<KeptLink | undefined> {
    const kept = takeKeptLink(portName(this.#settings));
    if (kept === undefined || reasonAgainstChip(kept.board.banner.board, this.#settings.model) === undefined)
      return kept;
    await kept.link.close();
    return undefined;
  }

  async #open(signal: AbortSignal): Promise<KeptLink> {
    const { link, banner } = await openBoard(this.#settings, this.#context, this.#around, signal);
    const sequence = this.#ledger.sequenceOf(banner, this.#context.recent());
    return { link, ledger: this.#ledger, board: { banner, sequence, clock: new BoardClock(link.baud, banner.clock) } };
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
