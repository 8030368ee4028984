import { type Entry, type FileLayer, Journal, type JournalOptions } from "../../src/journal/index.ts";
import type { Arrival } from "../../src/model/index.ts";
import type { FaultyFiles } from "./faulty-files.ts";

export const DIRECTORY = "/data/journal";

/** Opens a journal over files in memory that syncs only when told to; `changes` say what is different. */
export function openJournal(files: FileLayer, changes: Partial<JournalOptions> = {}): Promise<Journal> {
  return Journal.open({
    directory: DIRECTORY,
    durability: "disk",
    syncWithinMs: 600_000,
    maxSize: 64 * 1024 * 1024,
    maxAgeMs: 1e12,
    whenFull: "block",
    files,
    ...changes,
  });
}

/** Readings numbered from `first` on, `size` bytes each. */
export function arrivals(first: number, count: number, size = 20): Arrival[] {
  return Array.from({ length: count }, (_, index) => ({
    channel: `bbq/${index % 3}`,
    payload: Buffer.from(String(first + index).padEnd(size)),
    time: { seconds: 1_790_000_000 + first + index, nanos: 7 },
  }));
}

/** All entries from `from` on. */
export async function readAll(journal: Journal, from = 0): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (let next = from; next < journal.end;) {
    const block = await journal.read(next, 10_000);
    entries.push(...block.entries);
    next = block.next;
  }
  return entries;
}

/** The numbers of the readings among the entries. */
export function numbersOf(entries: readonly Entry[]): number[] {
  return entries.flatMap((entry) => (entry.kind === "reading" ? [Number(Buffer.from(entry.payload).toString())] : []));
}

/** The files of the segments, in order. */
export function segmentPaths(files: FaultyFiles): readonly string[] {
  return files.paths().filter((path) => path.endsWith(".segment"));
}
