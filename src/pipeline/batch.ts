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

/** What came of one record of the journal. */
export interface Yield {
  readonly offset: number;
  readonly items: readonly Item[];
  readonly rejects: readonly Reject[];
}

/** Adds what came of one record. @param received when that was received, in milliseconds since 1970 */
export function addYield(batch: Batch, { items, rejects }: Yield, received = Infinity): void {
  for (const reject of rejects) batch.rejects.push(reject);
  if (items.length === 0) return;
  for (const item of items) {
    batch.items.push(item);
    batch.bytes += item.bytes + 1;
  }
  batch.since ??= performance.now();
  batch.received ??= received;
}

/** Whether what came of one more record goes in. A batch without items takes any. */
export function hasRoom(batch: Batch, { items }: Yield, { maxPoints, maxBytes }: Bounds): boolean {
  if (batch.items.length === 0 || items.length === 0) return true;
  if (batch.items.length + items.length > maxPoints) return false;
  let { bytes } = batch;
  for (const item of items) bytes += item.bytes + 1;
  return bytes <= maxBytes;
}

/** Whether nothing more should go into a batch. */
export function isFull({ items, rejects, bytes }: Batch, { maxPoints, maxBytes }: Bounds): boolean {
  return items.length >= maxPoints || rejects.length >= maxPoints || bytes >= maxBytes;
}

/**
 * What came of each record, in their order: a reject belongs into the batch of its record, since what one batch delivers
 * may be on record before what another one does.
 */
export function yieldsOf(items: readonly Item[], rejects: readonly Reject[]): readonly Yield[] {
  const byOffset = Map.groupBy(items, ({ point }) => point.offset);
  const rejected = Map.groupBy(rejects, ({ offset }) => offset);
  const offsets = rejects.length === 0 ? [...byOffset.keys()] : [...new Set([...byOffset.keys(), ...rejected.keys()])];
  return offsets
    .toSorted((one, other) => one - other)
    .map((offset) => ({ offset, items: byOffset.get(offset) ?? [], rejects: rejected.get(offset) ?? [] }));
}
