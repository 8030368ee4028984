/** Lets the first of many like messages through, then one a period with the number held back since. */
export class Throttle {
  readonly #periodMs: number;
  #last = -Infinity;
  #held = 0;

  constructor(periodMs = 60_000) {
    this.#periodMs = periodMs;
  }

  /** Calls `say` with the number of messages since the last one that was said, or holds this one back. */
  pass(say: (since: number) => void, now = performance.now()): void {
    this.#held += 1;
    if (now - this.#last < this.#periodMs) return;
    this.#last = now;
    const since = this.#held;
    this.#held = 0;
    say(since);
  }

  /** The trouble is over: the next message is the first of its kind again. */
  reset(): void {
    this.#last = -Infinity;
    this.#held = 0;
  }
}
