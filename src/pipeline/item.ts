import type { EncodedBatch } from "../plugin/index.ts";

/** A point on its way to a sink, looked at alone. */
export interface Item {
  /** The offset of the reading that caused it. */
  readonly offset: number;
  /** Its text as the sink takes it, with the line feed behind it. */
  readonly line: Buffer;
}

/** A point that the sink will never take, and why in the sink's words. */
export interface Refusal {
  readonly item: Item;
  readonly reason: string;
}

/** Points that are written together. */
export interface Load extends EncodedBatch {
  /** How many there are. */
  readonly length: number;
  readonly items: readonly Item[];
  item(index: number): Item | undefined;
}

/** The last point of a load that is none of `others`. */
export function lastBut(load: Load, others: ReadonlySet<Item>): Item | undefined {
  return others.size === 0 ? load.item(load.length - 1) : load.items.findLast((item) => !others.has(item));
}

/** Items as a load. */
export function loadOf(items: readonly Item[]): Load {
  let end = 0;
  return {
    items,
    length: items.length,
    item: (index) => items[index],
    bytes: Buffer.concat(items.map(({ line }) => line)),
    ends: items.map(({ line }) => (end += line.length)),
  };
}
