import { setTimeout as sleep } from "node:timers/promises";

/** Waits for a promise, but no longer than so many milliseconds; its value and its error are not wanted. */
export async function within(ms: number, promise: Promise<unknown>): Promise<void> {
  const timer = new AbortController();
  const settled = promise.catch(() => {});
  const late = sleep(ms, undefined, { signal: timer.signal }).catch(() => {});
  await Promise.race([settled, late]);
  timer.abort();
}

/** Waits so many milliseconds, or until the signal aborts. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}
