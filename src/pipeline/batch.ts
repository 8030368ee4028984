import type { Item } from "./item.ts";
import type { Reject } from "./reject.ts";

/** What an outlet has read and not yet sent: whole readings, so that a cursor never stands inside of one. */
export interface Batch {
  readonly items: Item[];
  readonly rejects: Reject[];
  bytes: number;
  /** About how many bytes of the journal it is made of. */
  read: number;
  /** The offset up to which everything is in this batch or in an earlier one. */
  upTo: number;
  /** When the first item came, on the monotonic clock; undefined while there is none. */
  since: number | undefined;
}

/** An empty batch whose cursor would stand at `upTo`. */
export function emptyBatch(upTo: number): Batch {
  return { items: [], rejects: [], bytes: 0, read: 0, upTo, since: undefined };
}

/** Adds the items of one reading. */
export function addReading(batch: Batch, items: readonly Item[]): void {
  for (const item of items) {
    batch.items.push(item);
    batch.bytes += item.bytes + 1;
  }
  batch.since ??= performance.now();
}

/** Whether the items of one more reading go in. A batch without items takes any. */
export function hasRoom(batch: Batch, items: readonly Item[], maxPoints: number, maxBytes: number): boolean {
  if (batch.items.length === 0) return true;
  if (batch.items.length + items.length > maxPoints) return false;
  let { bytes } = batch;
  for (const item of items) bytes += item.bytes + 1;
  return bytes <= maxBytes;
}

/** Groups items, which come in the order of their readings, by reading. */
export function* byReading(items: readonly Item[]): Generator<readonly Item[]> {
  let start = 0;
  for (let index = 1; index <= items.length; index++) {
    if (index < items.length && items[index]?.point.offset === items[start]?.point.offset) continue;
    if (index > start) yield items.slice(start, index);
    start = index;
  }
}
