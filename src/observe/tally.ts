/**
 * Adds up like losses for the log: says the first at once, then at the end of each period what came in it. After a
 * period without any the next one is a first again.
 */
export class Tally<Latest = void> {
  readonly #say: (count: number, latest: Latest) => void;
  readonly #periodMs: number;
  #count = 0;
  #latest: Latest | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param say gets the sum since it was last called, and what was given with the latest of them */
  constructor(say: (count: number, latest: Latest) => void, periodMs = 60_000) {
    this.#say = say;
    this.#periodMs = periodMs;
  }

  /** So many more. */
  add(count: number, latest: Latest): void {
    this.#count += count;
    this.#latest = latest;
    if (this.#timer === undefined) this.#period();
  }

  /** Says what has not been said yet; call it at the end. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#tell();
  }

  #period(): void {
    this.#timer = this.#tell() ? setTimeout(() => this.#period(), this.#periodMs).unref() : undefined;
  }

  #tell(): boolean {
    const count = this.#count;
    if (count === 0) return false;
    this.#count = 0;
    this.#say(count, this.#latest as Latest);
    return true;
  }
}
