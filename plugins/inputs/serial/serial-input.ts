import { setTimeout as sleep } from "node:timers/promises";
import {
  createFramer,
  type Emit,
  EmitWindow,
  type FrameLosses,
  type Framing,
  framingOf,
  type Input,
  type InputContext,
  isBridge,
  openPort,
  portName,
  receive,
  Silence,
  tellLosses,
} from "fieldline/plugin";
import { noiseTeller } from "./noise-teller.ts";
import { lineOf, type SerialSettings } from "./settings.ts";

/** How much may be on its way into the journal; beyond it the device is held back, which it cannot be for long. */
const WINDOW_BYTES = 4 * 1024 * 1024;

/** Where devices are found, and in milliseconds how often they are looked for. */
export interface Surroundings {
  readonly sys: string;
  readonly dev: string;
  readonly watchMs: number;
  readonly firstRetryMs: number;
  readonly lastRetryMs: number;
}

const SYSTEM: Surroundings = { sys: "/sys", dev: "/dev", watchMs: 1_000, firstRetryMs: 250, lastRetryMs: 2_000 };

/** Frames of one port, until it is stopped: a port that is lost is opened again. */
export class SerialInput implements Input {
  readonly #settings: SerialSettings;
  readonly #context: InputContext;
  readonly #surroundings: Surroundings;
  readonly #framing: Framing;
  readonly #losses: FrameLosses;
  readonly #channel: string;
  /** Why the port was not to be had, as last reported. */
  #trouble = "";
  /** It was closed for its silence: being open again is no good news before it says something. */
  #silent = false;

  /** @param surroundings other ones than the system's, for a test */
  constructor(settings: SerialSettings, context: InputContext, surroundings: Partial<Surroundings> = {}) {
    this.#settings = settings;
    this.#context = context;
    this.#surroundings = { ...SYSTEM, ...surroundings };
    this.#framing = framingOf(settings.framing);
    this.#losses = tellLosses(context);
    this.#channel = portName(settings);
  }

  async run(emit: Emit, signal: AbortSignal): Promise<void> {
    const window = new EmitWindow(emit, WINDOW_BYTES);
    const { firstRetryMs, lastRetryMs } = this.#surroundings;
    let retryMs = firstRetryMs;
    const onData = () => {
      retryMs = firstRetryMs;
    };
    while (!signal.aborted) {
      await this.#session(window, onData, signal).catch((error: unknown) => this.#tellTrouble(error, signal));
      if (!signal.aborted) window.throwIfFailed();
      await sleep(retryMs / 2 + (Math.random() * retryMs) / 2, undefined, { signal }).catch(() => {});
      retryMs = Math.min(2 * retryMs, lastRetryMs);
    }
    await window.settled(signal);
  }

  /** One time of being open. @throws Error that says why the port is lost, or not to be had */
  async #session(window: EmitWindow, onData: () => void, signal: AbortSignal): Promise<void> {
    const connection = await openPort(this.#settings, lineOf(this.#settings), this.#surroundings, signal);
    const framer = createFramer(this.#framing, this.#losses, true);
    const tellUp = () => this.#tellUp(connection.name);
    const tellNoise = this.#framing.type === "line" ? noiseTeller(this.#context, this.#question(), tellUp) : undefined;
    if (!this.#silent) tellUp();
    const take = (chunk: Uint8Array) => {
      onData();
      if (this.#silent) {
        this.#silent = false;
        tellUp();
      }
      const frames = framer.push(chunk);
      tellNoise?.(chunk, frames);
      window.send(
        frames.map((payload) => ({
          channel: this.#channel,
          payload,
          time: this.#context.takeTime(payload.length),
        })),
        { canWait: false },
      );
      return window.full ? window.room() : undefined;
    };
    const gapMs = this.#framing.type === "length" ? this.#framing.gapMs : 0;
    const silenceMs = this.#settings.silence;
    try {
      await receive(connection, { take, gapMs, onGap: () => framer.cut(), silenceMs }, signal);
    } finally {
      framer.cut();
      await connection.close();
    }
  }

  /** What to ask when the frames are noise. */
  #question(): string {
    const { port = "", baud } = this.#settings;
    return isBridge(port) ? `is the baud rate of the bridge ${port} right?` : `is baud ${baud} right?`;
  }

  #tellUp(name: string): void {
    this.#trouble = "";
    this.#context.report("up", `reading ${name}`);
  }

  /** Reports why the port is not to be had; the same reason once, however often it is tried. */
  #tellTrouble(error: unknown, signal: AbortSignal): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#silent = error instanceof Silence;
    if (signal.aborted || reason === this.#trouble) return;
    this.#trouble = reason;
    this.#context.report("down", reason);
  }
}
