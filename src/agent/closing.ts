import { setTimeout as sleep } from "node:timers/promises";

type Close = () => Promise<void>;

/** A part that takes longer, on a disk that hangs or in somebody's plugin, holds up nothing. */
const LONGEST_MS = 10_000;

/** What has to be let go of, the last opened first. */
export class Closing {
  readonly #opened: Close[] = [];
  readonly #longestMs: number;

  constructor(longestMs = LONGEST_MS) {
    this.#longestMs = longestMs;
  }

  /** Has `close` called in its turn. */
  add(close: Close): void {
    this.#opened.push(close);
  }

  /** Closes everything, also what comes after a failure. @throws the first failure */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (let last = this.#opened.pop(); last !== undefined; last = this.#opened.pop()) {
      await this.#inTime(last).catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }

  async #inTime(close: Close): Promise<void> {
    const closed = new AbortController();
    const late = sleep(this.#longestMs, undefined, { signal: closed.signal }).then(() => {
      throw new Error(`a part did not close within ${this.#longestMs / 1000} s`);
    });
    try {
      await Promise.race([close(), late]);
    } finally {
      closed.abort();
    }
  }
}
