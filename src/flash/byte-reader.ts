import type { Duplex } from "node:stream";

/** More than any answer: what a talkative sketch says beyond this is forgotten, the oldest first. */
const MOST_HELD = 4096;

/** Takes bytes from a stream in the numbers that a protocol asks for. */
export class ByteReader {
  readonly #stream: Duplex;
  #held = Buffer.alloc(0);
  #heard = 0;
  #wake: () => void = () => {};

  constructor(stream: Duplex) {
    this.#stream = stream;
    stream.on("data", this.#onData);
  }

  /** How many bytes have come in all. */
  get heard(): number {
    return this.#heard;
  }

  /**
   * The next bytes, when so many come in time; undefined otherwise, and then what came stays.
   * @throws the signal's reason
   */
  async take(count: number, withinMs: number, signal: AbortSignal): Promise<Buffer | undefined> {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(withinMs)]);
    while (this.#held.length < count && !limit.aborted) await this.#more(limit);
    signal.throwIfAborted();
    if (this.#held.length < count) return undefined;
    const taken = this.#held.subarray(0, count);
    this.#held = this.#held.subarray(count);
    return taken;
  }

  /** Forgets what has come. */
  forget(): void {
    this.#held = Buffer.alloc(0);
  }

  /**
   * Forgets what has come, and what comes until the line is quiet or the time is over.
   * @throws the signal's reason
   */
  async drain(quietMs: number, withinMs: number, signal: AbortSignal): Promise<void> {
    const over = AbortSignal.timeout(withinMs);
    do this.forget();
    while (!over.aborted && (await this.take(1, quietMs, signal)) !== undefined);
  }

  /** Lets go of the stream. */
  release(): void {
    this.#stream.off("data", this.#onData);
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#heard += chunk.length;
    this.#held = Buffer.concat([this.#held, chunk]).subarray(-MOST_HELD);
    this.#wake();
  };

  async #more(limit: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    limit.addEventListener("abort", () => resolve(), { once: true });
    await promise;
  }
}
