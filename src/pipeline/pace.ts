import { setTimeout as sleep } from "node:timers/promises";

/** Waits are cut into pieces: a clock that does not run with the timers' is looked at again. */
const LOOK_EVERY_MS = 250;

/** Lets points through at a rate, evenly: what was not used is not made up for. */
export class Pace {
  /** Points a second. */
  readonly rate: number;
  readonly #now: () => number;
  #free = -Infinity;

  /** @param now a clock that only goes forward, in milliseconds */
  constructor(rate: number, now: () => number = () => performance.now()) {
    this.rate = rate;
    this.#now = now;
  }

  /** The most points of a batch: those of one second. */
  get maxBatch(): number {
    return Math.max(1, Math.floor(this.rate));
  }

  /** How long the next points have to wait, in milliseconds. */
  get wait(): number {
    return Math.max(0, this.#free - this.#now());
  }

  /** So many points are sent; those after them wait accordingly. */
  take(points: number): void {
    this.#free = Math.max(this.#now(), this.#free) + (points / this.rate) * 1_000;
  }

  /** Waits until the next points may be sent. @throws the signal's reason when aborted */
  async turn(signal: AbortSignal): Promise<void> {
    for (let left = this.wait; left > 0; left = this.wait)
      await sleep(Math.min(left, LOOK_EVERY_MS), undefined, { signal });
  }
}
