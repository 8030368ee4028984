import { addNanos, isRepresentable, parseTimestamp, type Precision, type Timestamp } from "./timestamp.ts";

export const TIME_UNITS = ["ns", "us", "ms", "s", "rfc3339"] as const;
/** How a sender writes a time: a number of units since 1970, or a date as RFC 3339 has it. */
export type TimeUnit = (typeof TIME_UNITS)[number];

/** The decimals of a unit that reach the nanosecond. */
const DECIMALS: Readonly<Record<Precision, number>> = { ns: 0, us: 3, ms: 6, s: 9 };
const DECIMAL = /^([+-]?\d{1,19})(?:\.(\d*))?$/;
const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(?:[Zz]|([+-])(\d\d):?(\d\d))$/;

/**
 * Reads a time exactly to the nanosecond; finer parts are cut off. Numbers may have a fraction and an exponent; a date
 * needs a zone (RFC 3339, section 5.6), and a leap second counts as the second after it.
 * @returns undefined when the text is no such time, or outside of the years 1677 to 2262
 */
export function parseTime(text: string, unit: TimeUnit): Timestamp | undefined {
  return unit === "rfc3339" ? parseDate(text) : parseDecimal(text, unit);
}

function parseDecimal(text: string, unit: Precision): Timestamp | undefined {
  const match = DECIMAL.exec(/e/i.test(text) ? String(Number(text)) : text);
  if (match === null) return undefined;
  const decimals = DECIMALS[unit];
  return parseTimestamp(`${match[1]}${(match[2] ?? "").slice(0, decimals).padEnd(decimals, "0")}`);
}

function parseDate(text: string): Timestamp | undefined {
  const match = RFC3339.exec(text);
  if (match === null) return undefined;
  const part = (index: number) => Number(match[index] ?? 0);
  const midnight = new Date(Date.UTC(part(1), part(2) - 1, part(3)));
  // Date.UTC rolls February 30 over into March.
  if (midnight.getUTCMonth() !== part(2) - 1 || midnight.getUTCDate() !== part(3)) return undefined;
  if (part(4) > 23 || part(5) > 59 || part(6) > 60 || part(9) > 23 || part(10) > 59) return undefined;
  const zone = (match[8] === "-" ? -60 : 60) * (part(9) * 60 + part(10));
  const seconds = midnight.getTime() / 1000 + part(4) * 3600 + part(5) * 60 + part(6) - zone;
  const time = addNanos({ seconds, nanos: 0 }, Number((match[7] ?? "").slice(0, 9).padEnd(9, "0")));
  return isRepresentable(time) ? time : undefined;
}
