import type { Journal } from "../journal/index.ts";
import type { Reading } from "../model/index.ts";

const MOST_READINGS = 1_000;
/** The end of the journal in which they are looked for, in entries. */
const MOST_ENTRIES = 100_000;
const FIRST_SPAN = 1_000;
const READ_BYTES = 2 ** 20;
/** What may be held at once; payloads of one mebibyte are possible. */
const MOST_BYTES = 4 * 2 ** 20;

/** The latest readings of an input that are in the journal now, oldest first: at most 1,000, and 4 MiB. */
export async function recentReadings(
  journal: Pick<Journal, "begin" | "end" | "read">,
  input: string,
  signal: AbortSignal,
): Promise<readonly Reading[]> {
  const { end } = journal;
  const lowest = Math.max(journal.begin, end - MOST_ENTRIES);
  let found: readonly Reading[] = [];
  for (let to = end, span = FIRST_SPAN; to > lowest && !isEnough(found); span *= 2) {
    const from = Math.max(lowest, to - span);
    found = newest([...(await readingsOf(journal, input, from, to, signal)), ...found]);
    to = from;
  }
  return found;
}

async function readingsOf(
  journal: Pick<Journal, "read">,
  input: string,
  from: number,
  to: number,
  signal: AbortSignal,
): Promise<readonly Reading[]> {
  let found: readonly Reading[] = [];
  for (let at = from; at < to;) {
    const { entries, next } = await journal.read(at, READ_BYTES, signal);
    const own = entries.filter((entry) => entry.kind === "reading" && entry.input === input && entry.offset < to);
    // Copied, so that a block of the journal is not kept for one reading in it.
    const copies = (own as readonly Reading[]).map((one) => ({ ...one, payload: Uint8Array.from(one.payload) }));
    found = newest([...found, ...copies]);
    at = next;
  }
  return found;
}

function newest(readings: readonly Reading[]): readonly Reading[] {
  let bytes = 0;
  const first = readings.findLastIndex(({ payload }) => (bytes += payload.length) > MOST_BYTES);
  return readings.slice(Math.max(first + 1, readings.length - MOST_READINGS));
}

function isEnough(readings: readonly Reading[]): boolean {
  const bytes = readings.reduce((sum, { payload }) => sum + payload.length, 0);
  return readings.length >= MOST_READINGS || bytes > MOST_BYTES / 2;
}
