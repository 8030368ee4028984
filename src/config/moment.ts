import { addNanos, type Timestamp, timestampFromMillis } from "../model/index.ts";

/** A moment of RFC 3339, or a day, which begins at midnight UTC; undefined when the calendar does not have it. */
export function momentOf(text: string): Timestamp | undefined {
  const [, day, time = "T00:00:00", fraction = "", zone = "Z"] =
    /^(\d{4}-\d{2}-\d{2})(?:([T ]\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2}))?$/.exec(text) ?? [];
  const midnight = new Date(`${day}T00:00:00Z`);
  // Date.parse takes the 30th of February for the 2nd of March.
  if (day === undefined || Number.isNaN(midnight.getTime()) || !midnight.toISOString().startsWith(day))
    return undefined;
  const millis = Date.parse(`${day}T${time.slice(1)}${zone}`);
  return Number.isNaN(millis) ? undefined : addNanos(timestampFromMillis(millis), Number(fraction.padEnd(9, "0")));
}
