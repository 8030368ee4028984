/** The wall clock may be set; a difference of more than this is no rounding. */
const STEP_MS = 2;
/** How fast it is followed when it is slewed, in milliseconds a look. */
const FOLLOW_MS = 0.01;
/** A look that takes longer was interrupted between the two clocks, and would say that the wall clock is behind. */
const LONGEST_LOOK_MS = 0.2;

/** The wall clock in fractions of a millisecond: `Date.now()` rounds down, so the largest difference seen is the right one. */
export class WallClock {
  readonly #wall: () => number;
  readonly #steady: () => number;
  #ahead = Number.NEGATIVE_INFINITY;

  /**
   * @param wall whole milliseconds since 1970
   * @param steady milliseconds that nobody sets
   */
  constructor(wall: () => number = Date.now, steady = () => performance.now()) {
    this.#wall = wall;
    this.#steady = steady;
  }

  /** Milliseconds since 1970 of a moment of `performance.now()`. */
  at(moment: number): number {
    const before = this.#steady();
    const wall = this.#wall();
    const after = this.#steady();
    const isKnown = this.#ahead !== Number.NEGATIVE_INFINITY;
    if (after - before <= LONGEST_LOOK_MS || !isKnown) this.#take(wall - after);
    return moment + this.#ahead;
  }

  #take(ahead: number): void {
    const stepped = Math.abs(ahead - this.#ahead) > STEP_MS;
    this.#ahead = stepped ? ahead : Math.max(ahead, this.#ahead - FOLLOW_MS);
  }
}
