import { compareTimestamps, millisOf, type Timestamp } from "../model/index.ts";
import type { Block } from "./entry.ts";
import type { Segments } from "./segments.ts";

const READ_BYTES = 1024 * 1024;
/** A reading's time may run a little ahead of the clock by which segments are begun. */
const AHEAD_MS = 2_000;

interface Readable {
  readonly end: number;
  read(from: number, maxBytes: number): Promise<Block>;
}

/** The offset of the first entry received at or after a moment; the journal's `end` when there is none. */
export async function offsetAt(journal: Readable, segments: Segments, time: Timestamp): Promise<number> {
  let at = segments.endingAfter(millisOf(time) - AHEAD_MS)?.first ?? journal.end;
  while (at < journal.end) {
    const block = await journal.read(at, READ_BYTES);
    const found = block.entries.find((entry) => compareTimestamps(entry.time, time) >= 0);
    if (found !== undefined) return found.offset;
    at = block.next;
  }
  return journal.end;
}
