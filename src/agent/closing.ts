type Close = () => Promise<void>;

/** What has to be let go of, the last opened first. */
export class Closing {
  readonly #opened: Close[] = [];

  /** Has `close` called in its turn. */
  add(close: Close): void {
    this.#opened.push(close);
  }

  /** Closes everything, also what comes after a failure. @throws the first failure */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (let last = this.#opened.pop(); last !== undefined; last = this.#opened.pop()) {
      await last().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }
}
