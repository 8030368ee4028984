import { setTimeout as sleep } from "node:timers/promises";

/** How long a journal that could not be read is left alone. */
const REST_MS = 1_000;

/**
 * Asks the journal something.
 * @returns undefined, after a while, when it could not be read: it has to be asked again
 * @throws the signal's reason when aborted
 */
export async function askJournal<T>(
  question: () => Promise<T>,
  onFailure: (what: "journal", error: unknown) => void,
  signal: AbortSignal,
): Promise<T | undefined> {
  signal.throwIfAborted();
  try {
    return await question();
  } catch (error) {
    signal.throwIfAborted();
    onFailure("journal", error);
    await sleep(REST_MS, undefined, { signal });
    return undefined;
  }
}
