import { addNanos, millisOf, type Timestamp, timestampFromMillis } from "./timestamp.ts";

/** A step back beyond this is somebody setting the clock; up to it the clock stands still until time catches up. */
const STEP_MS = 1_000;
/** Each step back of the wall clock starts its milliseconds at another of these ordinals. */
const LANE_NANOS = 62_500;
const LANES = 16;

/**
 * Gives receive times: the wall clock's millisecond plus an ordinal of nanoseconds, never the same one twice.
 * Each reading takes as many nanoseconds as it has bytes: no format makes more points than that, so the points of a
 * reading can take the nanoseconds that follow its own and meet nobody else's.
 */
export class Clock {
  readonly #now: () => number;
  /** The first nanosecond that nobody has taken. */
  #next: Timestamp;
  #steps: number;

  /**
   * @param now the wall clock, in milliseconds since 1970
   * @param next the first free moment after those in the journal
   * @param steps how many times the wall clock has stepped back in the journal
   */
  constructor(now: () => number = Date.now, next: Timestamp = { seconds: 0, nanos: 0 }, steps = 0) {
    this.#now = now;
    this.#next = next;
    this.#steps = steps;
  }

  /** How many times the wall clock has been seen to step back. */
  get steps(): number {
    return this.#steps;
  }

  /** The first moment not yet taken. */
  get next(): Timestamp {
    return this.#next;
  }

  /** The receive time of a reading of `bytes` bytes. */
  take(bytes: number): Timestamp {
    const now = this.#now();
    const last = millisOf(this.#next);
    if (now > last) this.#next = this.#start(now);
    else if (now < last - STEP_MS) {
      this.#steps += 1;
      this.#next = this.#start(now);
    }
    const taken = this.#next;
    this.#next = addNanos(taken, Math.max(1, bytes));
    return taken;
  }

  #start(millis: number): Timestamp {
    return addNanos(timestampFromMillis(Math.floor(millis)), (this.#steps % LANES) * LANE_NANOS);
  }
}
