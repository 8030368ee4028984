import { setTimeout as sleep } from "node:timers/promises";
import { asError } from "./files.ts";

const FIRST_BACKOFF_MS = 50;
const LONGEST_BACKOFF_MS = 5_000;

/** The appends that wait for the same write and sync. */
interface Group {
  /** When its first append came, in milliseconds of performance.now(). */
  readonly since: number;
  readonly durable: Promise<true>;
  readonly resolve: (durable: true) => void;
  readonly reject: (error: Error) => void;
}

export interface FlushOptions {
  /** The longest that an append waits when nobody asks for more haste. */
  readonly withinMs: number;
  /**
   * Writes and syncs all that is appended when it is called; called again with backoff when it fails. `hurried` when
   * senders wait for it.
   */
  readonly write: (hurried: boolean) => Promise<void>;
  /** Writing begins to fail, or works again. */
  readonly onFailure: (error: Error | undefined) => void;
}

/**
 * Group commit: one write at a time; what is appended meanwhile goes with the next. A write is due a while after the
 * first append of its group, or at once.
 */
export class Flush {
  /** As in the options; what waits already waits on as before. */
  withinMs: number;
  readonly #options: FlushOptions;
  readonly #closing = new AbortController();
  #group: Group | undefined;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #hurry = false;
  #running: Promise<void> | undefined;
  #failure: Error | undefined;

  constructor(options: FlushOptions) {
    this.#options = options;
    this.withinMs = options.withinMs;
  }

  /** Why writing fails, while it does. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /**
   * Something was appended, and is not yet in a write.
   * @returns resolves once it is durable
   */
  appended(atOnce: boolean): Promise<true> {
    const group = (this.#group ??= newGroup());
    if (atOnce) this.#hurry = true;
    if (this.#running === undefined) this.#schedule();
    return group.durable;
  }

  /** Writes what was appended so far without waiting for its time. */
  async now(): Promise<void> {
    await this.#running;
    if (this.#group !== undefined) await this.appended(true);
  }

  /**
   * Writes the last group and ends. A disk that fails now is tried once more and not again.
   * @throws Error when something appended could not be made durable
   */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
    if (this.#group !== undefined) await this.appended(true);
    this.#cancel();
    if (this.#failure !== undefined) throw this.#failure;
  }

  #schedule(): void {
    if (!this.#hurry) {
      const waited = performance.now() - (this.#group?.since ?? 0);
      this.#timer ??= setTimeout(() => this.#start(), Math.max(0, this.withinMs - waited));
      return;
    }
    // Appends of the same turn of the event loop go together.
    this.#immediate ??= setImmediate(() => this.#start());
  }

  #cancel(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    this.#timer = undefined;
    this.#immediate = undefined;
  }

  #start(): void {
    this.#cancel();
    const hurried = this.#hurry;
    this.#hurry = false;
    const group = this.#group;
    this.#group = undefined;
    if (group === undefined) return;
    this.#running = this.#run(group, hurried);
  }

  async #run(group: Group, hurried: boolean): Promise<void> {
    try {
      await this.#write(hurried);
      group.resolve(true);
    } catch (error) {
      group.reject(asError(error));
    }
    this.#running = undefined;
    if (this.#group !== undefined) this.#schedule();
  }

  async #write(hurried: boolean): Promise<void> {
    for (let backoff = FIRST_BACKOFF_MS; ; backoff = Math.min(LONGEST_BACKOFF_MS, backoff * 2)) {
      try {
        await this.#options.write(hurried);
        this.#setFailure(undefined);
        return;
      } catch (error) {
        this.#setFailure(asError(error));
        if (this.#closing.signal.aborted) throw error;
        await sleep(backoff / 2 + (Math.random() * backoff) / 2, undefined, { signal: this.#closing.signal }).catch(
          () => {},
        );
      }
    }
  }

  #setFailure(error: Error | undefined): void {
    const changed = (error === undefined) !== (this.#failure === undefined);
    this.#failure = error;
    if (changed) this.#options.onFailure(error);
  }
}

function newGroup(): Group {
  const { promise, resolve, reject } = Promise.withResolvers<true>();
  // Whoever appended may not be waiting; the failure has been told through onFailure.
  promise.catch(() => {});
  return { since: performance.now(), durable: promise, resolve, reject };
}
