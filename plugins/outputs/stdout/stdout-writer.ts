import { fstatSync, write as writeDescriptor } from "node:fs";
import { promisify } from "node:util";
import { type EncodedBatch, untilAborted, WriteError } from "fieldline/plugin";

const STDOUT = 1;
/** The reader went away, and a pipe never comes back. */
const CLOSED = new Set(["EPIPE", "ECONNRESET", "EBADF", "ERR_STREAM_DESTROYED", "ERR_STREAM_WRITE_AFTER_END"]);

const writeSome = promisify(writeDescriptor);

interface Batch {
  readonly bytes: Buffer;
  /** What the kernel has not taken yet. */
  rest: Buffer;
}

/**
 * Prints batches on standard output, whose reader may be slow. Lines are never cut, and at most one batch waits here,
 * however often its write is called off and tried again.
 */
export class StdoutWriter {
  /** The batch being printed, or printed after its write was called off: nobody has been told of it yet. */
  #batch: Batch | undefined;
  #printing: Promise<void> | undefined;
  #closed: Error | undefined;
  readonly #onError = (error: Error) => {
    this.#closed ??= error;
  };

  constructor() {
    // A stream to whose error nobody listens to ends the process.
    process.stdout.on("error", this.#onError);
  }

  /**
   * Resolves when the kernel has the lines.
   * @throws WriteError `unavailable` when called off before or for want of disk, `gone` when nobody reads any more
   */
  async write({ bytes }: EncodedBatch, signal: AbortSignal): Promise<void> {
    if (bytes.length === 0) return;
    try {
      signal.throwIfAborted();
      while (this.#batch !== undefined && !this.#batch.bytes.equals(bytes)) await this.#finish(this.#batch, signal);
      // A batch that was called off and comes again goes on where it was.
      this.#batch ??= { bytes, rest: bytes };
      await this.#finish(this.#batch, signal);
    } catch (error) {
      throw explain(error, signal);
    }
  }

  /** Lets go of standard output, which stays open: it is the process's. */
  async close(): Promise<void> {
    // A batch that is still on its way may yet fail.
    if (this.#printing === undefined) process.stdout.off("error", this.#onError);
  }

  /** Waits until the batch is printed; the printing goes on when the signal ends the wait. */
  async #finish(batch: Batch, signal: AbortSignal): Promise<void> {
    const printing = (this.#printing ??= this.#print(batch).finally(() => {
      this.#printing = undefined;
    }));
    await untilAborted(printing, signal);
    if (this.#batch === batch) this.#batch = undefined;
  }

  async #print(batch: Batch): Promise<void> {
    while (batch.rest.length > 0) batch.rest = batch.rest.subarray(await this.#take(batch.rest));
  }

  /** Hands bytes to the kernel. @returns how many it took */
  async #take(bytes: Buffer): Promise<number> {
    if (this.#closed !== undefined) throw this.#closed;
    // For a file process.stdout drops, without a word, what a full disk does not take of a write.
    if (fstatSync(STDOUT).isFile()) return (await writeSome(STDOUT, bytes, 0, bytes.length, null)).bytesWritten;
    return new Promise((resolve, reject) => {
      process.stdout.write(bytes, (error) => (error ? reject(error) : resolve(bytes.length)));
    });
  }
}

function explain(error: unknown, signal: AbortSignal): WriteError {
  const { code = "", message } = error as NodeJS.ErrnoException;
  if (CLOSED.has(code))
    return new WriteError("gone", "nobody reads standard output any more: start again with a reader", {
      cause: error,
    });
  if (signal.aborted)
    return new WriteError("unavailable", "standard output has not been read in time", { cause: error });
  return new WriteError("unavailable", `standard output takes nothing: ${message}`, { cause: error });
}
