import type { Batch, Bounds } from "./batch.ts";
import { EncodedPoints } from "./encoded-points.ts";
import type { Reject } from "./reject.ts";

/**
 * What came of some records of the journal and is in no batch yet, in the order of the records. A reject goes into the
 * batch of its record: what one batch delivers may be on record before what another one does.
 */
export class Yields {
  readonly points = new EncodedPoints();
  #rejects: readonly Reject[] = [];
  /** So many of each are in a batch. */
  #packed = 0;
  #rejected = 0;

  /** Forgets what is left, for others. */
  clear(): void {
    this.points.clear();
    this.#packed = 0;
    this.setRejects([]);
  }

  /** The rejects of the records that gave the points. */
  setRejects(rejects: readonly Reject[]): void {
    this.#rejects = rejects.length < 2 ? rejects : rejects.toSorted((one, other) => one.offset - other.offset);
    this.#rejected = 0;
  }

  /** The offset of the first record of which something is left. */
  get waiting(): number | undefined {
    const point = this.points.offsets[this.#packed];
    const reject = this.#rejects[this.#rejected]?.offset;
    if (point === undefined || reject === undefined) return point ?? reject;
    return Math.min(point, reject);
  }

  /**
   * Moves into a batch what it has room for, record by record; one that is too large by itself goes into an empty batch.
   * @param boundsAt the most of a batch whose first points were received at a time
   * @param receivedAt when the record of an offset was received, in milliseconds since 1970
   */
  pack(batch: Batch, boundsAt: (received: number) => Bounds, receivedAt: (offset: number) => number): void {
    const { points } = this;
    const first = this.#packed;
    let bounds = batch.received === undefined ? undefined : boundsAt(batch.received);
    for (let offset = this.waiting; offset !== undefined; offset = this.waiting) {
      const end = this.#endOf(offset);
      if (end > this.#packed) {
        batch.since ??= performance.now();
        bounds ??= boundsAt((batch.received ??= receivedAt(offset)));
        const count = batch.points.length + end - first;
        if (count > end - this.#packed && exceeds(bounds, count, batch.points.size + points.sizeOf(first, end))) break;
      }
      this.#packed = end;
      while (this.#rejects[this.#rejected]?.offset === offset)
        batch.rejects.push(this.#rejects[this.#rejected++] as Reject);
    }
    batch.points.append(points, first, this.#packed);
  }

  /** The index after the last point of a record. */
  #endOf(offset: number): number {
    let end = this.#packed;
    while (this.points.offsets[end] === offset) end += 1;
    return end;
  }
}

function exceeds({ maxPoints, maxBytes }: Bounds, points: number, bytes: number): boolean {
  return points > maxPoints || bytes > maxBytes;
}
