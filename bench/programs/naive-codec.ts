/**
 * Line protocol without escaping, checks, comments, CRLF or errors: the floor of the codec and of `stdin`, right for the
 * lines of samplePoints() and little else. Of several ways to write each loop (split and join, indexOf, a list of
 * lines, forEach) these were the quickest on Node 24.
 */
import type { DecodedLine, FieldValue, Point } from "../../src/model/index.ts";

const NEWLINE = "\n";
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const MINUS = 45;
const ZERO = 48;
const NINE = 57;
const EQUALS = 61;
const SMALL_I = 105;
const SMALL_T = 116;
export const NANO_DIGITS = 9;
const NANOS_PER_SECOND = 1_000_000_000;

/** The points as lines, each with its newline. */
export function encodeNaively(points: readonly Point[]): string {
  let text = "";
  for (const { measurement, tags, fields, time } of points) {
    text += measurement;
    for (const [key, value] of tags) text += `,${key}=${value}`;
    let separator = " ";
    for (const [key, value] of fields) {
      text += `${separator}${key}=${valueText(value)}`;
      separator = ",";
    }
    text += ` ${time.seconds}${String(NANOS_PER_SECOND + time.nanos).slice(1)}\n`;
  }
  return text;
}

function valueText(value: FieldValue): string {
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return `"${value}"`;
  if (typeof value === "boolean") return value ? "true" : "false";
  return `${value.value}i`;
}

/** The lines of a text, each with its newline, as what the codec makes of them. */
export function decodeNaively(text: string): DecodedLine[] {
  const lines: DecodedLine[] = [];
  for (let start = 0; start < text.length;) {
    const end = text.indexOf(NEWLINE, start);
    lines.push(decodeLineNaively(text, start, end));
    start = end + 1;
  }
  return lines;
}

/** One line, which goes from `start` to `end`. */
function decodeLineNaively(text: string, start: number, end: number): DecodedLine {
  let at = endOfToken(text, start);
  const measurement = text.slice(start, at);
  const tags = new Map<string, string>();
  while (text.charCodeAt(at) === COMMA) {
    const equals = endOfKey(text, at + 1);
    const next = endOfToken(text, equals + 1);
    tags.set(text.slice(at + 1, equals), text.slice(equals + 1, next));
    at = next;
  }
  const fields = new Map<string, FieldValue>();
  do {
    const equals = endOfKey(text, at + 1);
    const next = endOfToken(text, equals + 1);
    fields.set(text.slice(at + 1, equals), readValue(text, equals + 1, next));
    at = next;
  } while (text.charCodeAt(at) === COMMA);
  const split = end - NANO_DIGITS;
  return { measurement, tags, fields, time: { seconds: digits(text, at + 1, split), nanos: digits(text, split, end) } };
}

export function endOfToken(text: string, from: number): number {
  for (let at = from; ; at += 1) {
    const code = text.charCodeAt(at);
    if (code === COMMA || code === SPACE) return at;
  }
}

export function endOfKey(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) !== EQUALS) at += 1;
  return at;
}

export function readValue(text: string, start: number, end: number): FieldValue {
  const first = text.charCodeAt(start);
  if ((first >= ZERO && first <= NINE) || first === MINUS) {
    if (text.charCodeAt(end - 1) !== SMALL_I) return Number(text.slice(start, end));
    return { type: "integer", value: Number(text.slice(start, end - 1)) };
  }
  return first === QUOTE ? text.slice(start + 1, end - 1) : first === SMALL_T;
}

export function digits(text: string, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at += 1) value = value * 10 + text.charCodeAt(at) - ZERO;
  return value;
}
