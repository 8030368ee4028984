import { excerpt } from "../excerpt.ts";
import { type FieldValue, type Integer, integerField, type Point } from "../point.ts";
import { formatTimestamp, isRepresentable, type Precision } from "../timestamp.ts";

export interface EncodeOptions {
  /** The unit of the timestamp; finer parts are cut off. */
  readonly precision?: Precision;
  /** `u` writes unsigned integers as `1u`; `auto` as `1i` where that fits, for stores that refuse `u`. */
  readonly unsigned?: "u" | "auto";
}

const TAB = 9;
const NEWLINE = 10;
const SPACE = 32;
const HASH = 35;
const COMMA = 44;
const EQUALS = 61;
const BACKSLASH = 92;
const MAX_INT64 = 2n ** 63n - 1n;

/**
 * A point as one line of line protocol, without a newline at its end
 * (https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/). A tag with an empty value is left out:
 * to a store it is the same as none. Halves of surrogate pairs become U+FFFD when the line becomes UTF-8.
 * @throws Error with the reason for a point that line protocol cannot carry
 */
export function encodeLine(point: Point, options: EncodeOptions = {}): string {
  let line = encodeMeasurement(point.measurement);
  for (const [key, value] of point.tags) {
    if (value !== "") line += `,${encodeName(key, "tag key")}=${encodeName(value, "tag value")}`;
  }
  let separator = " ";
  for (const [key, value] of point.fields) {
    line += `${separator}${encodeFieldKey(key)}=${encodeValue(value, key, options.unsigned)}`;
    separator = ",";
  }
  if (separator === " ") throw new Error("a point needs at least one field");
  if (!isRepresentable(point.time)) throw new Error("the time is outside of the years 1677 to 2262");
  return `${line} ${formatTimestamp(point.time, options.precision)}`;
}

function encodeMeasurement(name: string): string {
  if (name.charCodeAt(0) === HASH)
    throw new Error(`${named("measurement", name)} starts with #, which makes a comment`);
  refuseLeadingBlank(name, "measurement");
  return escape(name, "measurement", false);
}

function encodeName(name: string, what: string): string {
  return escape(name, what, true);
}

function encodeFieldKey(name: string): string {
  refuseLeadingBlank(name, "field key");
  return escape(name, "field key", true);
}

/** influxd skips tabs and NULs there, and the name would be another one. */
function refuseLeadingBlank(name: string, what: string): void {
  const first = name.charCodeAt(0);
  if (first === TAB || first === 0) throw new Error(`${named(what, name)} starts with white space that stores skip`);
}

/**
 * Puts a backslash before commas and spaces, and equals signs if `equals`. No escape exists for anything else.
 * A name's own backslash right before one of these is written as the format has it, but influxd 1.6.7 refuses it in a
 * field key and drops it from a measurement.
 */
function escape(name: string, what: string, equals: boolean): string {
  if (name === "") throw new Error(`the ${what} is empty`);
  let escaped = "";
  let from = 0;
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code > EQUALS) continue;
    if (code === COMMA || code === SPACE || (equals && code === EQUALS)) {
      escaped += `${name.slice(from, i)}\\`;
      from = i;
    } else if (code === NEWLINE) throw new Error(`${named(what, name)} contains a newline`);
  }
  if (name.charCodeAt(name.length - 1) === BACKSLASH) throw new Error(`${named(what, name)} ends in a backslash`);
  return from === 0 ? escaped + name : escaped + name.slice(from);
}

function named(what: string, name: string): string {
  return `the ${what} ${excerpt(name)}`;
}

function encodeValue(value: FieldValue, key: string, unsigned: EncodeOptions["unsigned"]): string {
  if (typeof value === "number") {
    if (!Number.isFinite(value))
      throw new Error(`the field ${excerpt(key)} is ${value}, which line protocol cannot carry`);
    return value === 0 && Object.is(value, -0) ? "-0" : String(value);
  }
  if (typeof value === "string") return quote(value);
  if (typeof value === "boolean") return value ? "true" : "false";
  return encodeInteger(value, key, unsigned);
}

function encodeInteger({ type, value }: Integer, key: string, unsigned: EncodeOptions["unsigned"]): string {
  if (integerField(value, type) === undefined)
    throw new Error(`the field ${excerpt(key)} is no 64-bit ${type}: ${value}`);
  const asUnsigned = type === "unsigned" && (unsigned !== "auto" || value > MAX_INT64);
  return value + (asUnsigned ? "u" : "i");
}

function quote(value: string): string {
  if (!value.includes('"') && !value.includes("\\")) return `"${value}"`;
  return `"${value.replaceAll(/["\\]/g, "\\$&")}"`;
}
