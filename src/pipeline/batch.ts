import { EncodedPoints } from "./encoded-points.ts";
import type { Reject } from "./reject.ts";

/** What an outlet has read and not yet sent: whole readings, so that a cursor never stands inside of one. */
export interface Batch {
  readonly points: EncodedPoints;
  readonly rejects: Reject[];
  /** About how many bytes of the journal it is made of. */
  read: number;
  /** The offset from which everything is in this batch. */
  readonly from: number;
  /** Up to here everything is in this batch. */
  upTo: number;
  /** When the first point came, on the monotonic clock; undefined while there is none. */
  since: number | undefined;
  /** When its first reading with points was received, in milliseconds since 1970; undefined while there is none. */
  received: number | undefined;
}

/** The most that a batch takes. */
export interface Bounds {
  readonly maxPoints: number;
  readonly maxBytes: number;
}

/** An empty batch that begins at an offset. @param size bytes that its points are likely to take */
export function emptyBatch(from: number, size = 0): Batch {
  return {
    points: new EncodedPoints(size),
    rejects: [],
    read: 0,
    from,
    upTo: from,
    since: undefined,
    received: undefined,
  };
}

/** Whether nothing more should go into a batch. */
export function isFull({ points, rejects }: Batch, { maxPoints, maxBytes }: Bounds): boolean {
  return points.length >= maxPoints || rejects.length >= maxPoints || points.size >= maxBytes;
}
