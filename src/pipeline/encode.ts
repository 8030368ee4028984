import type { Point } from "../model/index.ts";
import { type Output, reasonOf } from "../plugin/index.ts";
import type { EncodedPoints } from "./encoded-points.ts";
import type { Refusal } from "./item.ts";
import type { LogRecord } from "./log-record.ts";
import { type Reject, rejectOf } from "./reject.ts";

/**
 * Adds the points of some records to `into` as the sink takes them, in the order of their readings: a processor may
 * have put a point behind later ones.
 * @returns a reject for each that the sink cannot hold
 */
export function encodePoints(
  output: Output,
  points: readonly Point[],
  records: readonly LogRecord[],
  into: EncodedPoints,
): readonly Reject[] {
  const rejects: Reject[] = [];
  for (const point of inOrder(points)) {
    try {
      into.encode(output, point);
    } catch (error) {
      const record = records.find(({ offset }) => offset === point.offset);
      rejects.push({ ...rejectOf(record, "encode", reasonOf(error)), offset: point.offset });
    }
  }
  return rejects;
}

function inOrder(points: readonly Point[]): readonly Point[] {
  let last = 0;
  for (const { offset } of points) {
    if (offset < last) return points.toSorted((one, other) => one.offset - other.offset);
    last = offset;
  }
  return points;
}

/** The reject that a refusal makes. @param record the one that caused the point, where it is known */
export function refusedReject({ item, reason }: Refusal, record: LogRecord | undefined): Reject {
  const line = item.line.toString("utf8", 0, item.line.length - 1);
  return { ...rejectOf(record, "write", reason), offset: item.offset, line };
}
