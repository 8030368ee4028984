import type { FileLayer } from "./files.ts";
import { Scan } from "./scan.ts";
import type { Segment } from "./segment.ts";

const WINDOW_BYTES = 256 * 1024;

/** How many readings of each input a segment holds from the offset `from` to `end` (excluded). */
export async function countReadings(
  files: FileLayer,
  segment: Segment,
  from: number,
  end: number,
): Promise<Readonly<Record<string, number>>> {
  const counts = new Map<string, number>();
  const file = await files.open(segment.path, "read");
  try {
    const scan = new Scan(file, segment.first, segment.length);
    for (let done = false; !done;) {
      const step = await scan.next(WINDOW_BYTES, from);
      for (const entry of step.entries) {
        if (entry.kind === "reading" && entry.offset < end) counts.set(entry.input, (counts.get(entry.input) ?? 0) + 1);
      }
      done = step.done;
    }
  } finally {
    await file.close();
  }
  return Object.fromEntries(counts);
}
