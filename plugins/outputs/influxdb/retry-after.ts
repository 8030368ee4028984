import type { Answer } from "./connection.ts";

/**
 * How many milliseconds the store asks to be left alone (RFC 9110, section 10.2.3: seconds, or a date, which is
 * compared with the answer's own so that a wrong clock here does no harm); undefined when it does not say.
 */
export function retryAfterMs({ headers }: Answer, now = Date.now()): number | undefined {
  const value = headers["retry-after"];
  if (typeof value !== "string") return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return Math.ceil(Number(value) * 1000);
  // Date.parse finds a date in almost any text.
  const until = value.endsWith(" GMT") ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(until)) return undefined;
  const date = typeof headers["date"] === "string" ? Date.parse(headers["date"]) : Number.NaN;
  return Math.max(0, until - (Number.isNaN(date) ? now : date));
}
