import type { Timestamp } from "./timestamp.ts";

/** A step back beyond this is somebody setting the clock; up to it the clock stands still until time catches up. */
const STEP_MS = 1_000;
/** Each step back of the wall clock starts its milliseconds at another of these ordinals. */
const LANE_NANOS = 62_500;
const LANES = 16;
const NANOS_PER_MILLI = 1_000_000;
const NANOS_PER_SECOND = 1_000_000_000;

/**
 * Gives receive times: the wall clock's millisecond plus an ordinal of nanoseconds, never the same one twice.
 * Each reading takes as many nanoseconds as it has bytes: no format makes more points than that, so the points of a
 * reading can take the nanoseconds that follow its own and meet nobody else's.
 */
export class Clock {
  readonly #now: () => number;
  /** The first nanosecond that nobody has taken. Plain numbers: this is asked for each reading. */
  #seconds: number;
  #nanos: number;
  #steps: number;

  /**
   * @param now the wall clock, in milliseconds since 1970
   * @param next the first free moment after those in the journal
   * @param steps how many times the wall clock has stepped back in the journal
   */
  constructor(now: () => number = Date.now, next: Timestamp = { seconds: 0, nanos: 0 }, steps = 0) {
    this.#now = now;
    this.#seconds = next.seconds;
    this.#nanos = next.nanos;
    this.#steps = steps;
  }

  /** How many times the wall clock has been seen to step back. */
  get steps(): number {
    return this.#steps;
  }

  /** The first moment not yet taken. */
  get next(): Timestamp {
    return { seconds: this.#seconds, nanos: this.#nanos };
  }

  /** The receive time of a reading of `bytes` bytes. */
  take(bytes: number): Timestamp {
    const now = this.#now();
    const last = this.#seconds * 1000 + Math.floor(this.#nanos / NANOS_PER_MILLI);
    if (now > last) this.#start(now);
    else if (now < last - STEP_MS) {
      this.#steps += 1;
      this.#start(now);
    }
    const taken = { seconds: this.#seconds, nanos: this.#nanos };
    this.#nanos += bytes > 0 ? bytes : 1;
    for (; this.#nanos >= NANOS_PER_SECOND; this.#nanos -= NANOS_PER_SECOND) this.#seconds += 1;
    return taken;
  }

  #start(millis: number): void {
    const whole = Math.floor(millis);
    this.#seconds = Math.floor(whole / 1000);
    this.#nanos = (whole - this.#seconds * 1000) * NANOS_PER_MILLI + (this.#steps % LANES) * LANE_NANOS;
  }
}

/**
 * A clock that is looked at once in a turn of the event loop: what comes from a socket together came at one time, and
 * looking costs as much as all else that a reading's time does.
 */
export function oncePerTurn(now: () => number): () => number {
  let seen: number | undefined;
  const forget = () => {
    seen = undefined;
  };
  return () => {
    if (seen === undefined) {
      seen = now();
      process.nextTick(forget);
    }
    return seen;
  };
}
