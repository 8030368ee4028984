import type { TextBuffer } from "./text-buffer.ts";

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
/** How many digits of a number of such units are the part of a second. */
const PART_DIGITS: Readonly<Record<Precision, number>> = { ns: 9, us: 6, ms: 3, s: 0 };
const MAX_DIGITS = 19;
const ZERO = 48;
const PLUS = 43;
const MINUS = 45;

/** After every moment that a point can have. */
export const END_OF_TIME: Timestamp = { seconds: MAX_SECONDS, nanos: 0 };

/** The moment `millis` milliseconds after 1970; a fraction of a millisecond counts down to the nanosecond. */
export function timestampFromMillis(millis: number): Timestamp {
  const seconds = Math.floor(millis / 1000);
  return addNanos({ seconds, nanos: 0 }, Math.round((millis - seconds * 1000) * 1_000_000));
}

/** The moment a whole number of units since 1970; undefined when that is outside of int64 nanoseconds. */
export function timestampOf(count: number, precision: Precision): Timestamp | undefined {
  const units = 10 ** PART_DIGITS[precision];
  // Of -0 it is 0.
  const whole = count + 0;
  const seconds = Math.floor(whole / units);
  const time = { seconds, nanos: (whole - seconds * units) * NANOS_PER_UNIT[precision] };
  return isRepresentable(time) ? time : undefined;
}

/** Milliseconds since 1970, rounded down. */
export function millisOf(time: Timestamp): number {
  return time.seconds * 1000 + Math.floor(time.nanos / 1_000_000);
}

/** Reads a whole number of `precision` units exactly; undefined when it is none, or outside of int64 nanoseconds. */
export function parseTimestamp(text: string, precision: Precision = "ns"): Timestamp | undefined {
  const bytes = Buffer.from(text);
  return readTimestamp(bytes, 0, bytes.length, precision);
}

/** The same for text in UTF-8, from `from` to `end`. */
export function readTimestamp(
  bytes: Uint8Array,
  from: number,
  end: number,
  precision: Precision,
): Timestamp | undefined {
  const sign = bytes[from];
  const start = sign === MINUS || sign === PLUS ? from + 1 : from;
  if (end === start || end - start > MAX_DIGITS) return undefined;
  const split = end - PART_DIGITS[precision];
  let whole = 0;
  let part = 0;
  for (let i = start; i < end; i++) {
    const digit = (bytes[i] as number) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return undefined;
    if (i < split) whole = whole * 10 + digit;
    else part = part * 10 + digit;
  }
  if (whole >= MAX_SECONDS) return undefined;
  const nanos = part * NANOS_PER_UNIT[precision];
  if (sign !== MINUS) return { seconds: whole, nanos };
  return nanos === 0 ? { seconds: 0 - whole, nanos } : { seconds: -whole - 1, nanos: NANOS_PER_SECOND - nanos };
}

/** Writes the moment as a whole number of `precision` units, rounded down. */
export function formatTimestamp(time: Timestamp, precision: Precision = "ns"): string {
  let { seconds } = time;
  let units = precision === "s" ? 0 : Math.floor(time.nanos / NANOS_PER_UNIT[precision]);
  if (precision === "s") return String(seconds);
  const digits = PART_DIGITS[precision];
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

/** Adds what `formatTimestamp` gives. */
export function writeTimestamp(into: TextBuffer, time: Timestamp, precision: Precision = "ns"): void {
  const { seconds, nanos } = time;
  if (seconds <= 0 || precision === "s") return into.text(formatTimestamp(time, precision));
  into.digits(seconds, 1);
  into.digits(Math.floor(nanos / NANOS_PER_UNIT[precision]), PART_DIGITS[precision]);
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
