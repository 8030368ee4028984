import { addNanos, compareTimestamps, type Timestamp } from "../model/index.ts";
import type { Entry } from "./entry.ts";
import type { FileLayer } from "./files.ts";
import type { FoundSegment } from "./find-segment.ts";
import type { Footer } from "./footer.ts";
import { type Damage, Scan } from "./scan.ts";
import { SegmentContents } from "./segment-contents.ts";

const WINDOW_BYTES = 1024 * 1024;

/** What reading a whole segment showed. */
export interface WalkedSegment {
  readonly damage: readonly Damage[];
  readonly contents: SegmentContents;
  readonly footer: Footer | undefined;
  /** The index after the last entry that can be read. */
  readonly index: number;
  /** The checksum of the last entry's record. */
  readonly lastChecksum: number;
  /** Marks `clock_step` up to the segment's end, and the first moment that no reading up to it occupies. */
  readonly clockSteps: number;
  readonly nextTime: Timestamp;
}

/** Reads all of a segment up to its length. @throws the signal's reason */
export async function walkSegment(
  files: FileLayer,
  { path, first, length, header }: FoundSegment,
  signal: AbortSignal,
): Promise<WalkedSegment> {
  const contents = new SegmentContents();
  const damage: Damage[] = [];
  let clockSteps = header?.clockSteps ?? 0;
  let nextTime = header?.nextTime ?? { seconds: 0, nanos: 0 };
  const file = await files.open(path, "read");
  try {
    const scan = new Scan(file, first, length);
    for (let done = false; !done;) {
      signal.throwIfAborted();
      const step = await scan.next(WINDOW_BYTES);
      damage.push(...step.damage);
      for (const entry of step.entries) {
        contents.add(entry);
        if (entry.kind === "clock_step") clockSteps += 1;
        nextTime = timeAfter(nextTime, entry);
      }
      done = step.done;
    }
    const { footer, lastChecksum, place } = scan;
    return { damage, contents, footer, index: place.index, lastChecksum, clockSteps, nextTime };
  } finally {
    await file.close();
  }
}

/** The first moment that is free after an entry; a reading occupies as many nanoseconds as it has bytes. */
export function timeAfter(next: Timestamp, entry: Entry): Timestamp {
  if (entry.kind === "clock_step") return entry.time;
  if (entry.kind !== "reading") return next;
  const after = addNanos(entry.time, Math.max(1, entry.payload.length));
  return compareTimestamps(after, next) > 0 ? after : next;
}
