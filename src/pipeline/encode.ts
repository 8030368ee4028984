import type { Point, Reading } from "../model/index.ts";
import type { Output } from "../plugin/index.ts";
import type { Item, Refusal } from "./item.ts";
import type { Reject } from "./reject.ts";

export interface Encoded {
  /** In the order of their readings: a processor may have put a point behind later ones. */
  readonly items: readonly Item[];
  readonly rejects: readonly Reject[];
}

/** The points of some readings as the sink takes them; one that it cannot hold is a reject. */
export function encodePoints(output: Output, points: readonly Point[], readings: readonly Reading[]): Encoded {
  const rejects: Reject[] = [];
  const items = points.flatMap((point): Item[] => {
    try {
      const text = output.encode(point);
      return [{ point, text, bytes: Buffer.byteLength(text) }];
    } catch (error) {
      const reading = readings.find(({ offset }) => offset === point.offset);
      const reason = error instanceof Error ? error.message : String(error);
      const { input = "", channel = "" } = reading ?? {};
      rejects.push({ step: "encode", input, channel, offset: point.offset, reason });
      return [];
    }
  });
  items.sort((one, other) => one.point.offset - other.point.offset);
  return { items, rejects };
}

/** The reject that a refusal makes. @param reading that of the point, where it is known */
export function refusedReject({ item, reason }: Refusal, reading: Reading | undefined): Reject {
  const { input = "", channel = "" } = reading ?? {};
  return { step: "write", input, channel, offset: item.point.offset, reason, line: item.text };
}
