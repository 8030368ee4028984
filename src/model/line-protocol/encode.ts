import { excerpt } from "../excerpt.ts";
import { type FieldValue, type Integer, integerField, type Point } from "../point.ts";
import { TextBuffer } from "../text-buffer.ts";
import { isRepresentable, type Precision, writeTimestamp } from "../timestamp.ts";

export interface EncodeOptions {
  /** The unit of the timestamp; finer parts are cut off. */
  readonly precision?: Precision;
  /** `u` writes unsigned integers as `1u`; `auto` as `1i` where that fits, for stores that refuse `u`. */
  readonly unsigned?: "u" | "auto";
}

const TAB = 9;
const NEWLINE = 10;
const SPACE = 32;
const QUOTE = 34;
const HASH = 35;
const COMMA = 44;
const EQUALS = 61;
const BACKSLASH = 92;
const LOWER_I = 105;
const LOWER_U = 117;
const MAX_INT64 = 2n ** 63n - 1n;

const LAST_ASCII = 127;
/** What becomes of a character in a name. */
const ESCAPED = 1;
const FORBIDDEN = 2;
const IN_NAMES = new Uint8Array(128);
for (const code of [COMMA, SPACE, EQUALS]) IN_NAMES[code] = ESCAPED;
IN_NAMES[NEWLINE] = FORBIDDEN;

/**
 * Adds a point as one line of line protocol, without a newline at its end
 * (https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/). A tag with an empty value is left out:
 * to a store it is the same as none. Halves of surrogate pairs become U+FFFD.
 * @throws Error with the reason for a point that line protocol cannot carry; what is in `into` then has no meaning
 */
export function writeLine(into: TextBuffer, point: Point, options: EncodeOptions = {}): void {
  writeSeries(into, point);
  let separator = SPACE;
  for (const [key, value] of point.fields) {
    into.ascii(separator);
    refuseLeadingBlank(key, "field key");
    writeName(into, key, "field key");
    into.ascii(EQUALS);
    writeValue(into, value, key, options.unsigned);
    separator = COMMA;
  }
  if (separator === SPACE) throw new Error("a point needs at least one field");
  if (!isRepresentable(point.time)) throw new Error("the time is outside of the years 1677 to 2262");
  into.ascii(SPACE);
  writeTimestamp(into, point.time, options.precision);
}

/** A point as `writeLine` writes it. @throws Error as that does */
export function encodeLine(point: Point, options: EncodeOptions = {}): string {
  const line = new TextBuffer();
  writeLine(line, point, options);
  return line.toString();
}

function writeSeries(into: TextBuffer, { measurement, tags }: Point): void {
  writeMeasurement(into, measurement);
  for (const [key, value] of tags) {
    if (value === "") continue;
    into.ascii(COMMA);
    writeName(into, key, "tag key");
    into.ascii(EQUALS);
    writeName(into, value, "tag value");
  }
}

function writeMeasurement(into: TextBuffer, name: string): void {
  if (name.charCodeAt(0) === HASH)
    throw new Error(`${named("measurement", name)} starts with #, which makes a comment`);
  refuseLeadingBlank(name, "measurement");
  writeName(into, name, "measurement", false);
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
function writeName(into: TextBuffer, name: string, what: string, equals = true): void {
  const { length } = name;
  if (length === 0) throw new Error(`the ${what} is empty`);
  if (name.charCodeAt(length - 1) === BACKSLASH) throw new Error(`${named(what, name)} ends in a backslash`);
  into.reserve(2 * length);
  const { bytes } = into;
  let at = into.length;
  for (let index = 0; index < length; index++) {
    const code = name.charCodeAt(index);
    if (code > LAST_ASCII) return into.text(escape(name, what, equals));
    const need = IN_NAMES[code];
    if (need === ESCAPED && (equals || code !== EQUALS)) bytes[at++] = BACKSLASH;
    else if (need === FORBIDDEN) throw new Error(`${named(what, name)} contains a newline`);
    bytes[at++] = code;
  }
  into.length = at;
}

/** The same for a name that is not ASCII alone. */
function escape(name: string, what: string, equals: boolean): string {
  if (name.includes("\n")) throw new Error(`${named(what, name)} contains a newline`);
  return name.replaceAll(equals ? /[, =]/g : /[, ]/g, "\\$&");
}

function named(what: string, name: string): string {
  return `the ${what} ${excerpt(name)}`;
}

function writeValue(into: TextBuffer, value: FieldValue, key: string, unsigned: EncodeOptions["unsigned"]): void {
  if (typeof value === "number") {
    if (!Number.isFinite(value))
      throw new Error(`the field ${excerpt(key)} is ${value}, which line protocol cannot carry`);
    return into.number(value);
  }
  if (typeof value === "string") return writeString(into, value);
  if (typeof value === "boolean") return into.text(value ? "true" : "false");
  return writeInteger(into, value, key, unsigned);
}

function writeInteger(into: TextBuffer, integer: Integer, key: string, unsigned: EncodeOptions["unsigned"]): void {
  const { type } = integer;
  // An integer that a processor made may be -0, which this makes 0.
  const value = integerField(integer.value, type)?.value;
  if (value === undefined) throw new Error(`the field ${excerpt(key)} is no 64-bit ${type}: ${integer.value}`);
  if (typeof value === "number") into.number(value);
  else into.text(String(value));
  const asUnsigned = type === "unsigned" && (unsigned !== "auto" || value > MAX_INT64);
  into.ascii(asUnsigned ? LOWER_U : LOWER_I);
}

function writeString(into: TextBuffer, value: string): void {
  into.ascii(QUOTE);
  into.text(value.includes('"') || value.includes("\\") ? value.replaceAll(/["\\]/g, "\\$&") : value);
  into.ascii(QUOTE);
}
