/**
 * The floor of `stdin`: reads lines, parses each to measurement, tags, fields with typed values and time, and prints the
 * same lines. No journal, no checks, no escaping, lists in place of maps; what is printed are the bytes as they came,
 * with no line cut.
 */
import type { FieldValue } from "../../src/model/index.ts";
import { digits, endOfKey, endOfToken, NANO_DIGITS, readValue } from "./naive-codec.ts";

interface Line {
  readonly measurement: string;
  /** Keys and values in turn. */
  readonly tags: readonly string[];
  readonly fields: readonly (string | FieldValue)[];
  readonly seconds: number;
  readonly nanos: number;
}

const NEWLINE = 10;
const COMMA = 44;
let rest: Buffer = Buffer.alloc(0);

process.stdin.on("data", (chunk: Buffer) => {
  const end = chunk.lastIndexOf(NEWLINE) + 1;
  if (end === 0) {
    rest = Buffer.concat([rest, chunk]);
    return;
  }
  const whole = chunk.subarray(0, end);
  const bytes = rest.length === 0 ? whole : Buffer.concat([rest, whole]);
  rest = chunk.subarray(end);
  const lines = parse(bytes.toString());
  if (lines.length > 0 && !process.stdout.write(bytes)) {
    process.stdin.pause();
    process.stdout.once("drain", () => process.stdin.resume());
  }
});

function parse(text: string): Line[] {
  const lines: Line[] = [];
  for (let start = 0; start < text.length;) {
    const end = text.indexOf("\n", start);
    lines.push(parseLine(text, start, end));
    start = end + 1;
  }
  return lines;
}

function parseLine(text: string, start: number, end: number): Line {
  let at = endOfToken(text, start);
  const measurement = text.slice(start, at);
  const tags: string[] = [];
  while (text.charCodeAt(at) === COMMA) {
    const equals = endOfKey(text, at + 1);
    const next = endOfToken(text, equals + 1);
    tags.push(text.slice(at + 1, equals), text.slice(equals + 1, next));
    at = next;
  }
  const fields: (string | FieldValue)[] = [];
  do {
    const equals = endOfKey(text, at + 1);
    const next = endOfToken(text, equals + 1);
    fields.push(text.slice(at + 1, equals), readValue(text, equals + 1, next));
    at = next;
  } while (text.charCodeAt(at) === COMMA);
  const split = end - NANO_DIGITS;
  return { measurement, tags, fields, seconds: digits(text, at + 1, split), nanos: digits(text, split, end) };
}
