import { ANCHOR_BYTES } from "./anchor.ts";
import { footerBound } from "./footer.ts";
import type { JournalOptions } from "./journal-options.ts";
import { HEADER_BYTES } from "./segment-header.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
/** Room on the disk for cursors and rejects. */
const RESERVE_BYTES = 256 * KIB;

/** How `maxSize` is shared out, in bytes. */
export interface JournalBounds {
  /** From here on a segment is ended. */
  readonly segmentSize: number;
  /** What is set aside on the disk for others. */
  readonly reserve: number;
  /** What the segments may take. */
  readonly most: number;
  /** What they may take with readings: the rest is for marks, so that a full journal can be stopped, started and drained. */
  readonly limit: number;
  /** What may be appended at once: so much there is room for when all else is gone. */
  readonly largest: number;
}

/** A segment without entries, with what ending it and beginning another takes. */
const EMPTY_BYTES = 2 * HEADER_BYTES + footerBound([]);

/** @returns the bounds of a journal with these options */
export function boundsOf({ maxSize, segmentSize, durability }: JournalOptions): JournalBounds {
  const reserve = durability === "memory" ? 0 : Math.min(RESERVE_BYTES, Math.floor(maxSize / 16));
  const most = maxSize - reserve - ANCHOR_BYTES;
  const limit = most - Math.min(MIB, Math.max(4 * KIB, Math.floor(maxSize / 64)));
  return {
    segmentSize: segmentSize ?? Math.max(64 * KIB, Math.min(8 * MIB, Math.floor(maxSize / 8))),
    reserve,
    most,
    limit,
    largest: limit - EMPTY_BYTES,
  };
}
