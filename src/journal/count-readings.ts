import type { FileLayer } from "./files.ts";
import { entriesOf } from "./removed-segment.ts";
import type { Segment } from "./segment.ts";

/** How many readings of each input a segment holds from the offset `from` to `end` (excluded). */
export async function countReadings(
  files: FileLayer,
  segment: Segment,
  from: number,
  end: number,
): Promise<Readonly<Record<string, number>>> {
  const counts = new Map<string, number>();
  for await (const entries of entriesOf(files, segment, from)) {
    for (const entry of entries) {
      if (entry.kind === "reading" && entry.offset < end) counts.set(entry.input, (counts.get(entry.input) ?? 0) + 1);
    }
  }
  return Object.fromEntries(counts);
}
