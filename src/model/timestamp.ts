/**
 * A moment as whole seconds since 1970-01-01T00:00:00Z and the nanoseconds past them, 0 to 999,999,999, also
 * before 1970. Two small numbers are exact to the nanosecond and far cheaper than one BigInt
 * (docs/decisions/0002-timestamp.md).
 */
export interface Timestamp {
  readonly seconds: number;
  readonly nanos: number;
}

/** The units that stores and senders count time in. */
export type Precision = "ns" | "us" | "ms" | "s";

const NANOS_PER_SECOND = 1_000_000_000;
const NANOS_PER_UNIT: Readonly<Record<Precision, number>> = { ns: 1, us: 1_000, ms: 1_000_000, s: NANOS_PER_SECOND };
/** int64 nanoseconds, the range of line protocol: years 1677 to 2262. */
const MAX_SECONDS = 9_223_372_036;
const INTEGER = /^[+-]?\d{1,19}$/;

/** The moment `millis` milliseconds after 1970; a fraction of a millisecond counts down to the nanosecond. */
export function timestampFromMillis(millis: number): Timestamp {
  const seconds = Math.floor(millis / 1000);
  return addNanos({ seconds, nanos: 0 }, Math.round((millis - seconds * 1000) * 1_000_000));
}

/** Milliseconds since 1970, rounded down. */
export function millisOf(time: Timestamp): number {
  return time.seconds * 1000 + Math.floor(time.nanos / 1_000_000);
}

/** Reads a whole number of `precision` units exactly; undefined when it is none, or outside of int64 nanoseconds. */
export function parseTimestamp(text: string, precision: Precision = "ns"): Timestamp | undefined {
  if (!INTEGER.test(text)) return undefined;
  const digits = precision === "ns" ? 9 : precision === "us" ? 6 : precision === "ms" ? 3 : 0;
  const negative = text.charCodeAt(0) === 45;
  const magnitude = negative || text.charCodeAt(0) === 43 ? text.slice(1) : text;
  const whole = magnitude.length > digits ? Number(magnitude.slice(0, magnitude.length - digits)) : 0;
  const part = digits === 0 ? 0 : Number(magnitude.slice(-digits)) * NANOS_PER_UNIT[precision];
  if (whole >= MAX_SECONDS) return undefined;
  if (!negative) return { seconds: whole, nanos: part };
  return part === 0 ? { seconds: -whole, nanos: 0 } : { seconds: -whole - 1, nanos: NANOS_PER_SECOND - part };
}

/** Writes the moment as a whole number of `precision` units, rounded down. */
export function formatTimestamp(time: Timestamp, precision: Precision = "ns"): string {
  let { seconds } = time;
  let units = precision === "s" ? 0 : Math.floor(time.nanos / NANOS_PER_UNIT[precision]);
  if (precision === "s") return String(seconds);
  const digits = precision === "ns" ? 9 : precision === "us" ? 6 : 3;
  let sign = "";
  if (seconds < 0) {
    sign = "-";
    const borrow = units > 0 ? 1 : 0;
    seconds = -seconds - borrow;
    units = borrow === 1 ? 10 ** digits - units : 0;
  }
  const part = String(units);
  if (seconds === 0) return sign + part;
  return sign + seconds + "000000000".slice(0, digits - part.length) + part;
}

/** Whether the moment is one that int64 nanoseconds reach: the years 1677 to 2262. */
export function isRepresentable(time: Timestamp): boolean {
  return Math.abs(time.seconds) < MAX_SECONDS;
}

/** The moment `nanos` nanoseconds later; earlier when negative. */
export function addNanos(time: Timestamp, nanos: number): Timestamp {
  const sum = time.nanos + nanos;
  if (sum >= 0 && sum < NANOS_PER_SECOND) return { seconds: time.seconds, nanos: sum };
  const carry = Math.floor(sum / NANOS_PER_SECOND);
  return { seconds: time.seconds + carry, nanos: sum - carry * NANOS_PER_SECOND };
}

/** Negative when `a` is earlier than `b`, positive when later, 0 when they are the same moment. */
export function compareTimestamps(a: Timestamp, b: Timestamp): number {
  return a.seconds - b.seconds || a.nanos - b.nanos;
}
