import { compareTimestamps, type Timestamp } from "../model/index.ts";
import type { Step } from "./step.ts";

/** So many moments are gone through one after the other for one record; what is due then is due at the record's time. */
const MOST_MOMENTS = 1_000;

/** A step, and the moment of its flush. */
export interface Due {
  readonly step: Step;
  readonly until: Timestamp;
}

/** When the steps of a chain have something to give. */
export class DueSteps {
  readonly #steps: readonly Step[];
  /** Steps that named a moment although it was over: these wait for a record, and no record is made for them. */
  readonly #spent = new Set<Step>();

  constructor(steps: readonly Step[]) {
    this.#steps = steps.filter(({ processor }) => processor.deadline !== undefined);
  }

  /** The moment at which the first step has something to give. */
  get next(): Timestamp | undefined {
    return this.#earliest()?.until;
  }

  /**
   * The steps that are due by a moment, to be flushed as they come: the earliest deadline first, of equal ones the
   * first in the chain. So it makes no difference whether anybody noted the moments in between.
   */
  *before(time: Timestamp): Generator<Due> {
    this.#spent.clear();
    for (let moments = 0; ; moments++) {
      const due = this.#earliest();
      if (due === undefined || compareTimestamps(due.until, time) > 0) return;
      const until = moments < MOST_MOMENTS ? due.until : time;
      yield { step: due.step, until };
      const next = deadlineOf(due.step);
      if (next !== undefined && compareTimestamps(next, until) <= 0) this.#spent.add(due.step);
    }
  }

  #earliest(): Due | undefined {
    let earliest: Due | undefined;
    for (const step of this.#steps) {
      if (this.#spent.has(step)) continue;
      const until = deadlineOf(step);
      if (until === undefined) continue;
      if (earliest === undefined || compareTimestamps(until, earliest.until) < 0) earliest = { step, until };
    }
    return earliest;
  }
}

/** A step that cannot say when has no deadline. */
function deadlineOf({ processor }: Step): Timestamp | undefined {
  try {
    return processor.deadline?.();
  } catch {
    return undefined;
  }
}
