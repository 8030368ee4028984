import type { Entry } from "./entry.ts";
import type { FileLayer } from "./files.ts";
import { Scan } from "./scan.ts";
import type { Segment } from "./segment.ts";

const WINDOW_BYTES = 256 * 1024;

/** A segment that is no longer part of the journal, and whose file is still there. */
export interface RemovedSegment {
  /** The first offset in it, and the one after the last. */
  readonly first: number;
  readonly end: number;
  /** Its entries in order, by groups that may be empty; damaged ones are passed over. */
  readonly read: () => AsyncGenerator<readonly Entry[]>;
}

/** The entries of a segment from the offset `from` on, by groups that may be empty; damaged ones are passed over. */
export async function* entriesOf(files: FileLayer, segment: Segment, from: number): AsyncGenerator<readonly Entry[]> {
  const file = await files.open(segment.path, "read");
  try {
    const scan = new Scan(file, segment.first, segment.length);
    for (let done = false; !done;) {
      const step = await scan.next(WINDOW_BYTES, from);
      yield step.entries;
      done = step.done;
    }
  } finally {
    await file.close();
  }
}
