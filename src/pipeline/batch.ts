import type { Item } from "./item.ts";
import type { Reject } from "./reject.ts";

/** What an outlet has read and not yet sent: whole readings, so that a cursor never stands inside of one. */
export interface Batch {
  readonly items: Item[];
  readonly rejects: Reject[];
  bytes: number;
  /** About how many bytes of the journal it is made of. */
  read: number;
  /** The offset from which everything is in this batch. */
  readonly from: number;
  /** Up to here everything is in this batch. */
  upTo: number;
  /** When the first item came, on the monotonic clock; undefined while there is none. */
  since: number | undefined;
  /** When its first reading with points was received, in milliseconds since 1970; undefined while there is none. */
  received: number | undefined;
}

/** The most that a batch takes. */
export interface Bounds {
  readonly maxPoints: number;
  readonly maxBytes: number;
}

/** An empty batch that begins at an offset. */
export function emptyBatch(from: number): Batch {
  return { items: [], rejects: [], bytes: 0, read: 0, from, upTo: from, since: undefined, received: undefined };
}

/** Adds the items of one reading. @param received when it was received, in milliseconds since 1970 */
export function addReading(batch: Batch, items: readonly Item[], received = Infinity): void {
  for (const item of items) {
    batch.items.push(item);
    batch.bytes += item.bytes + 1;
  }
  batch.since ??= performance.now();
  batch.received ??= received;
}

/** Whether the items of one more reading go in. A batch without items takes any. */
export function hasRoom(batch: Batch, items: readonly Item[], { maxPoints, maxBytes }: Bounds): boolean {
  if (batch.items.length === 0) return true;
  if (batch.items.length + items.length > maxPoints) return false;
  let { bytes } = batch;
  for (const item of items) bytes += item.bytes + 1;
  return bytes <= maxBytes;
}

/** Whether nothing more should go into a batch. */
export function isFull({ items, rejects, bytes }: Batch, { maxPoints, maxBytes }: Bounds): boolean {
  return items.length >= maxPoints || rejects.length >= maxPoints || bytes >= maxBytes;
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
