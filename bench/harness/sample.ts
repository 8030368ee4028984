import { setTimeout as sleep } from "node:timers/promises";

/** Asks again and again while work is under way. @returns what was found, and what the work gave */
export async function sampleDuring<Found, Outcome>(
  everyMs: number,
  look: () => Found,
  work: Promise<Outcome>,
): Promise<{ readonly found: readonly Found[]; readonly outcome: Outcome }> {
  const found: Found[] = [];
  const done = new AbortController();
  const end = () => done.abort();
  work.then(end, end);
  while (!done.signal.aborted) {
    found.push(look());
    await sleep(everyMs);
  }
  return { found, outcome: await work };
}
