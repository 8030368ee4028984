/** The wall clock may be set; a difference of more than this is no rounding. */
const STEP_MS = 2;
/** How fast it is followed when it is slewed, in milliseconds a look. */
const FOLLOW_MS = 0.01;

/** The wall clock in fractions of a millisecond: `Date.now()` rounds down, so the largest difference seen is the right one. */
export class WallClock {
  #ahead = Number.NEGATIVE_INFINITY;

  /** Milliseconds since 1970 of a moment of `performance.now()`. */
  at(moment: number): number {
    const ahead = Date.now() - performance.now();
    const stepped = Math.abs(ahead - this.#ahead) > STEP_MS;
    this.#ahead = stepped ? ahead : Math.max(ahead, this.#ahead - FOLLOW_MS);
    return moment + this.#ahead;
  }
}
