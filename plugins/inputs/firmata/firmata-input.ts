import { setTimeout as sleep } from "node:timers/promises";
import {
  type Emit,
  EmitWindow,
  type Input,
  type InputContext,
  openPort,
  reasonOf,
  type DeviceRoots,
} from "fieldline/plugin";
import { type BoardWord, runBoard } from "./board-session.ts";
import type { BoardTimes, SensorPlan } from "./messages.ts";
import { sensorPlans } from "./plan.ts";
import type { FirmataSettings } from "./settings.ts";

/** Samples are small and few: this much is on its way only when the disk stands still. */
const WINDOW_BYTES = 1024 * 1024;

/** Where devices are found, and in milliseconds how long things take. */
export interface Surroundings extends DeviceRoots {
  readonly watchMs: number;
  readonly firstRetryMs: number;
  readonly lastRetryMs: number;
  readonly times: BoardTimes;
}

const SYSTEM: Surroundings = {
  sys: "/sys",
  dev: "/dev",
  watchMs: 1_000,
  firstRetryMs: 250,
  lastRetryMs: 4_000,
  times: { ready: 10_000, ask: 2_000, silence: 5_000 },
};

/** Samples of one board's sensors, until it is stopped: a board that is lost is opened again. */
export class FirmataInput implements Input {
  readonly #settings: FirmataSettings;
  readonly #context: InputContext;
  readonly #around: Surroundings;
  readonly #sensors: readonly SensorPlan[];
  /** Why there is no board, as last reported. */
  #trouble = "";
  #retryMs: number;

  /** @param around other surroundings than the system's, for a test */
  constructor(settings: FirmataSettings, context: InputContext, around: Partial<Surroundings> = {}) {
    this.#settings = settings;
    this.#context = context;
    this.#around = { ...SYSTEM, ...around };
    this.#sensors = sensorPlans(settings);
    this.#retryMs = this.#around.firstRetryMs;
  }

  async run(emit: Emit, signal: AbortSignal): Promise<void> {
    const window = new EmitWindow(emit, WINDOW_BYTES);
    while (!signal.aborted) {
      await this.#connect(window, signal).catch((error: unknown) => this.#tell(error, signal));
      if (!signal.aborted) window.throwIfFailed();
      const wait = this.#retryMs / 2 + (Math.random() * this.#retryMs) / 2;
      await sleep(wait, undefined, { signal }).catch(() => {});
      this.#retryMs = Math.min(2 * this.#retryMs, this.#around.lastRetryMs);
    }
    await window.settled(signal);
  }

  /** One time of being connected. @throws Error that says why the board is lost, or not to be had */
  async #connect(window: EmitWindow, signal: AbortSignal): Promise<void> {
    const { baud } = this.#settings;
    const connection = await openPort(this.#settings, { baud }, this.#around, signal);
    const hear = (word: BoardWord) => this.#hear(word, connection.name, window);
    try {
      await runBoard(connection, { sensors: this.#sensors, times: this.#around.times }, hear, signal);
    } finally {
      await connection.close();
    }
  }

  #hear(word: BoardWord, port: string, window: EmitWindow): void {
    if (word.type === "ready") {
      this.#trouble = "";
      this.#retryMs = this.#around.firstRetryMs;
      this.#context.report("up", `reading ${port}: ${word.firmware}`);
      return;
    }
    const sensor = this.#sensors[word.sensor];
    if (sensor === undefined) return;
    if (word.type === "quiet") {
      this.#context.log.warn(
        { sensor: sensor.name },
        `${sensor.name} gives no value, though its board answers: is it connected as the settings say?`,
      );
      return;
    }
    if (window.full) {
      this.#context.count("dropped_samples");
      return;
    }
    const payload = Buffer.from(JSON.stringify(word.sample));
    const time = this.#context.takeTime(payload.length);
    window.send([{ channel: sensor.name, payload, time }], { canWait: false });
  }

  /** Reports why there is no board; the same reason once, however often it is tried. */
  #tell(error: unknown, signal: AbortSignal): void {
    const reason = reasonOf(error);
    if (signal.aborted || reason === this.#trouble) return;
    this.#trouble = reason;
    this.#context.report("down", reason);
  }
}
