import type { Journal } from "../journal/index.ts";
import { Clock, oncePerTurn, type Timestamp } from "../model/index.ts";

/** Gives receive times that are unique in a journal, and has the journal hold each step of the wall clock. */
export class JournalClock {
  readonly #journal: Journal;
  readonly #clock: Clock;

  constructor(journal: Journal) {
    const { nextTime, clockSteps } = journal.recovered;
    this.#journal = journal;
    this.#clock = new Clock(oncePerTurn(Date.now), nextTime, clockSteps);
  }

  /** The receive time of a reading of `bytes` bytes. */
  take(bytes: number): Timestamp {
    const { steps } = this.#clock;
    const time = this.#clock.take(bytes);
    // Its failure to reach the disk is the journal's to report.
    if (this.#clock.steps !== steps) this.#journal.mark("clock_step", time).catch(() => undefined);
    return time;
  }
}
