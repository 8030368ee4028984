import type { Readable } from "node:stream";
import {
  createFramer,
  type Emit,
  type EmitOptions,
  EmitWindow,
  type Framing,
  type Input,
  type InputContext,
  tellLosses,
} from "fieldline/plugin";

/** How much may be on its way into the journal before the pipe is held back. */
const WINDOW_BYTES = 1024 * 1024;

/** Frames of one stream, until it ends. */
export class StdinInput implements Input {
  readonly #framing: Framing;
  readonly #context: InputContext;
  readonly #open: () => Readable;

  /** @param open the stream; called when the input runs, since process.stdin holds the process once it is touched */
  constructor(framing: Framing, context: InputContext, open: () => Readable) {
    this.#framing = framing;
    this.#context = context;
    this.#open = open;
  }

  async run(emit: Emit, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const framer = createFramer(this.#framing, tellLosses(this.#context));
    const window = new EmitWindow(emit, WINDOW_BYTES);
    const send = (frames: readonly Uint8Array[], options: EmitOptions = {}) =>
      window.send(
        frames.map((payload) => ({ channel: "stdin", payload, time: this.#context.takeTime(payload.length) })),
        options,
      );
    this.#context.report("up");
    await readChunks(this.#open(), signal, async (chunk) => {
      send(framer.push(chunk));
      await window.room();
    });
    if (signal.aborted) framer.cut();
    else send(framer.end(), { senderWaits: true });
    await window.settled(signal);
  }
}

/**
 * Hands each chunk to `take`, one at a time, until the stream ends or the signal aborts; then the stream is paused,
 * not destroyed, so that it can be read again after a reload.
 * @throws what the stream or `take` threw
 */
async function readChunks(
  stream: Readable,
  signal: AbortSignal,
  take: (chunk: Uint8Array) => Promise<void>,
): Promise<void> {
  const done = Promise.withResolvers<void>();
  const takeNext = async (chunk: Uint8Array) => {
    stream.pause();
    await take(chunk);
    if (!signal.aborted) stream.resume();
  };
  const onData = (chunk: Uint8Array) => void takeNext(chunk).catch(done.reject);
  const onEnd = () => done.resolve();
  stream.on("data", onData).on("end", onEnd).on("error", done.reject);
  signal.addEventListener("abort", onEnd);
  try {
    if (stream.errored !== null) throw stream.errored;
    if (stream.readableEnded || stream.destroyed) return;
    stream.resume();
    await done.promise;
  } finally {
    stream.off("data", onData).off("end", onEnd).off("error", done.reject).pause();
    signal.removeEventListener("abort", onEnd);
  }
}
