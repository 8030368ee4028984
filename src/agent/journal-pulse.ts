import type { Journal } from "../journal/index.ts";

/** The slowest disk ends a write before, or fails it. */
const LONGEST_MS = 10 * 60_000;

type Written = Pick<Journal["stats"], "syncs" | "writtenBytes" | "pendingReadings">;

/**
 * Sees whether the journal's write path is alive. Slow, full and failing disks are: their writes end, and are tried
 * again. Stuck is a write that neither ends nor fails.
 */
export class JournalPulse {
  readonly #stats: () => Written;
  readonly #failing: () => boolean;
  #last = "";
  #since = 0;

  constructor(stats: () => Written, failing: () => boolean) {
    this.#stats = stats;
    this.#failing = failing;
  }

  /** Ask it again and again: it looks at what has changed. @param now in milliseconds of performance.now() */
  isStuck(now = performance.now()): boolean {
    const { syncs, writtenBytes, pendingReadings } = this.#stats();
    const seen = `${syncs} ${writtenBytes}`;
    if (seen !== this.#last || pendingReadings === 0 || this.#failing()) this.#since = now;
    this.#last = seen;
    return now - this.#since > LONGEST_MS;
  }
}
