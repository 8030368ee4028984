const FIRST_MS = 250;
const LAST_MS = 30_000;

/**
 * How long to wait after so many attempts in a row that failed, in milliseconds: twice as long each time up to half a
 * minute, less a random part of up to half, so that a thousand clients do not come back at once.
 * @param random from 0 to 1
 */
export function backoff(failures: number, random: () => number = Math.random): number {
  return Math.min(LAST_MS, FIRST_MS * 2 ** Math.max(0, failures - 1)) * (1 - random() / 2);
}
