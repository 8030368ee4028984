import type { Point } from "../model/index.ts";
import { type Output, reasonOf } from "../plugin/index.ts";
import type { Item, Refusal } from "./item.ts";
import type { LogRecord } from "./log-record.ts";
import { type Reject, rejectOf } from "./reject.ts";

export interface Encoded {
  /** In the order of their readings: a processor may have put a point behind later ones. */
  readonly items: readonly Item[];
  readonly rejects: readonly Reject[];
}

/** The points of some records as the sink takes them; one that it cannot hold is a reject. */
export function encodePoints(output: Output, points: readonly Point[], records: readonly LogRecord[]): Encoded {
  const rejects: Reject[] = [];
  const items = points.flatMap((point): Item[] => {
    try {
      const text = output.encode(point);
      return [{ point, text, bytes: Buffer.byteLength(text) }];
    } catch (error) {
      const record = records.find(({ offset }) => offset === point.offset);
      rejects.push({ ...rejectOf(record, "encode", reasonOf(error)), offset: point.offset });
      return [];
    }
  });
  items.sort((one, other) => one.point.offset - other.point.offset);
  return { items, rejects };
}

/** The reject that a refusal makes. @param record the one that caused the point, where it is known */
export function refusedReject({ item, reason }: Refusal, record: LogRecord | undefined): Reject {
  return { ...rejectOf(record, "write", reason), offset: item.point.offset, line: item.text };
}
