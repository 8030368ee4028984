import { setTimeout as sleep } from "node:timers/promises";
import type { Journal } from "../journal/index.ts";
import { compareTimestamps, type Timestamp, timestampFromMillis } from "../model/index.ts";
import { INPUTS_ENDED } from "../pipeline/index.ts";
import type { JournalClock } from "./journal-clock.ts";

/** How often it is looked whether a tick is due; so there is never more than one in this time. */
const LOOK_EVERY_MS = 1_000;

export interface TickSources {
  readonly journal: Pick<Journal, "mark" | "stats">;
  readonly clock: Pick<JournalClock, "take">;
  /** Those that run now. */
  readonly outputs: () => readonly { readonly outlet: { readonly deadline: Timestamp | undefined } }[];
  /** The wall clock, in milliseconds. */
  readonly now?: () => number;
}

/**
 * Has the journal note that a moment has passed for which an output waits while nothing else comes: one tick for all of
 * them. Looks at the wall clock rather than to wait for a moment, since that may be set. Resolves when aborted.
 */
export async function keepTime(
  { journal, clock, outputs, now = Date.now }: TickSources,
  signal: AbortSignal,
  lookEveryMs = LOOK_EVERY_MS,
): Promise<void> {
  for (;;) {
    await sleep(lookEveryMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    const time = timestampFromMillis(now());
    const isDue = outputs().some(
      ({ outlet: { deadline } }) => deadline !== undefined && compareTimestamps(deadline, time) <= 0,
    );
    // What is on its way to the disk tells the time as well. That a mark cannot be kept is the journal's to report.
    if (isDue && journal.stats.pendingReadings === 0) journal.mark("tick", clock.take(1)).catch(() => undefined);
  }
}

/** Has the journal note that no input has anything more to say. Resolves once that is durable, or could not be kept. */
export async function noteEnd(
  journal: Pick<Journal, "mark" | "sync">,
  clock: Pick<JournalClock, "take">,
): Promise<void> {
  const noted = journal.mark("tick", clock.take(1), INPUTS_ENDED);
  await Promise.all([noted, journal.sync()]);
}
