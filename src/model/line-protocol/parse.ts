import { excerpt } from "../excerpt.ts";
import { BytesMemo } from "../bytes-memo.ts";
import { type Fields, type FieldValue, NO_TAGS, type Tags } from "../point.ts";
import { type Precision, readTimestamp, type Timestamp } from "../timestamp.ts";
import { readBoolean, readNumber } from "./value.ts";

/** One good line. */
export interface DecodedLine {
  readonly measurement: string;
  readonly tags: Tags;
  readonly fields: Fields;
  readonly time: Timestamp | undefined;
}

/** One bad line; line and column count from 1, columns in characters. */
export interface LineError {
  readonly line: number;
  readonly column: number;
  readonly reason: string;
}

/** What a line says before its fields. */
interface Series {
  readonly measurement: string;
  readonly tags: Tags;
}

const TAB = 9;
const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const QUOTE = 34;
const HASH = 35;
const COMMA = 44;
const EQUALS = 61;
const BACKSLASH = 92;
/** What is read behind the last byte. */
const END = 0;

/** What is longer is read anew each time. */
const LONGEST_SERIES = 254;
/** Lines come from few series, and their fields have few names, again and again. */
const SERIES = new BytesMemo(readSeries, 4_096, LONGEST_SERIES);
const NAMES = new BytesMemo(textOf, 4_096, 40);

/** Reads all lines of `bytes`, which are UTF-8 and begin with line `line` of the payload. Adds to `lines` and `errors`. */
export function parseLines(
  bytes: Buffer,
  precision: Precision,
  line: number,
  lines: DecodedLine[],
  errors: LineError[],
): void {
  const parser = new Parser(bytes, precision);
  let lineStart = 0;
  while (parser.nextLine()) {
    const decoded = parser.line();
    if (decoded !== undefined) {
      lines.push(decoded);
      continue;
    }
    const { at } = parser;
    for (let newline = bytes.indexOf(NEWLINE, lineStart); newline !== -1 && newline < at; line++) {
      lineStart = newline + 1;
      newline = bytes.indexOf(NEWLINE, lineStart);
    }
    errors.push({ line, column: Array.from(textOf(bytes, lineStart, at)).length + 1, reason: parser.reason });
    parser.skipLine();
  }
}

/** What a line says up to the space before its fields; undefined when these bytes are not just that. */
function readSeries(bytes: Buffer, start: number, end: number): Series | undefined {
  // Then the space behind them is a part of the name.
  if (bytes[end - 1] === BACKSLASH) return undefined;
  const parser = new Parser(bytes.subarray(start, end), "ns");
  const series = parser.series();
  return parser.at === end - start ? series : undefined;
}

function textOf(bytes: Buffer, start: number, end: number): string {
  return bytes.toString("utf8", start, end);
}

/**
 * One pass over some bytes. A failed read leaves `at` where the fault is, or at the opening quote of a faulty string, and
 * the next line is looked for from there: so a stray quote costs its own line, and no byte is read more than twice.
 */
class Parser {
  readonly #bytes: Buffer;
  readonly #precision: Precision;
  at = 0;
  /** What is wrong at `at`. */
  reason = "";
  /** The first space at or after some place before; the end when there is none. */
  #space = -1;

  constructor(bytes: Buffer, precision: Precision) {
    this.#bytes = bytes;
    this.#precision = precision;
  }

  /** Goes to the next line that is neither blank nor a comment; false at the end. */
  nextLine(): boolean {
    const bytes = this.#bytes;
    while (this.at < bytes.length) {
      const code = bytes[this.at];
      if (code === SPACE || code === NEWLINE || code === TAB || this.#endsLine(this.at)) this.at += 1;
      else if (code === HASH) this.skipLine();
      else return true;
    }
    return false;
  }

  /** Goes behind the next newline. */
  skipLine(): void {
    const newline = this.#bytes.indexOf(NEWLINE, this.at);
    this.at = newline === -1 ? this.#bytes.length : newline + 1;
  }

  /** Reads the line at `at`. */
  line(): DecodedLine | undefined {
    const series = this.#knownSeries() ?? this.series();
    if (series === undefined) return undefined;
    const { measurement, tags } = series;
    const fields = new Map<string, FieldValue>();
    this.#skipBlanks();
    do {
      if (!this.#field(fields)) return undefined;
    } while (this.#skip(COMMA));
    this.#skipBlanks();
    if (this.#endsLine(this.at)) return { measurement, tags, fields, time: undefined };
    const time = this.#time();
    return time === undefined ? undefined : { measurement, tags, fields, time };
  }

  /** Reads a measurement and its tags. */
  series(): Series | undefined {
    const measurement = this.#name(false);
    if (measurement === "") return this.#fail("the measurement is missing");
    const tags = this.#tags();
    return tags === undefined ? undefined : { measurement, tags };
  }

  /** The series that ends at the next space, unless that space is escaped, or another line's. */
  #knownSeries(): Series | undefined {
    const end = this.#nextSpace();
    if (end - this.at > LONGEST_SERIES) return undefined;
    const series = SERIES.of(this.#bytes, this.at, end);
    if (series !== undefined) this.at = end;
    return series;
  }

  /** Spaces are looked for once, however many lines have none. */
  #nextSpace(): number {
    if (this.#space >= this.at) return this.#space;
    const bytes = this.#bytes;
    let end = this.at;
    while (end < bytes.length && bytes[end] !== SPACE) end += 1;
    this.#space = end;
    return end;
  }

  #fail(reason: string, at = this.at): undefined {
    this.reason = reason;
    this.at = at;
  }

  #tags(): Tags | undefined {
    if (this.#bytes[this.at] !== COMMA) return NO_TAGS;
    const tags = new Map<string, string>();
    while (this.#skip(COMMA)) {
      const start = this.at;
      const key = this.#name(true);
      if (key === "") return this.#fail("a tag key is missing");
      if (!this.#skip(EQUALS)) return this.#fail(`the tag ${excerpt(key)} has no value`);
      const value = this.#name(true);
      if (value === "") return this.#fail(`the value of the tag ${excerpt(key)} is missing`);
      if (this.#bytes[this.at] === EQUALS)
        return this.#fail(`the value of the tag ${excerpt(key)} has an equals sign; write \\=`);
      if (tags.has(key)) return this.#fail(`the tag ${excerpt(key)} is there twice`, start);
      tags.set(key, value);
    }
    return tags;
  }

  #field(fields: Map<string, FieldValue>): boolean {
    const key = this.#name(true);
    if (key === "") {
      this.#fail("a field is missing");
      return false;
    }
    if (!this.#skip(EQUALS)) {
      this.#fail(`the field ${excerpt(key)} has no value`);
      return false;
    }
    const value = this.#value(key);
    if (value === undefined) return false;
    fields.set(key, value);
    return true;
  }

  #value(key: string): FieldValue | undefined {
    const bytes = this.#bytes;
    const start = this.at;
    const first = bytes[start] ?? END;
    if (first === QUOTE) return this.#string(key);
    if (first > EQUALS) {
      const end = this.#tokenEnd();
      const value = readBoolean(bytes, start, end);
      if (value !== undefined) {
        this.at = end;
        return value;
      }
    } else {
      const number = readNumber(bytes, start);
      if (number !== undefined && this.#endsToken(number.end)) {
        this.at = number.end;
        return number.value;
      }
    }
    const found = bytes.subarray(start, this.#tokenEnd());
    return this.#fail(
      found.length === 0
        ? `the value of the field ${excerpt(key)} is missing`
        : `the field ${excerpt(key)} is no number, boolean or quoted string: ${excerpt(found, 24)}`,
    );
  }

  #string(key: string): string | undefined {
    const bytes = this.#bytes;
    const open = this.at;
    let escapes = false;
    for (let i = open + 1; i < bytes.length; i++) {
      const code = bytes[i];
      if (code === BACKSLASH) {
        const next = bytes[i + 1];
        if (next !== QUOTE && next !== BACKSLASH) continue;
        escapes = true;
        i += 1;
      } else if (code === QUOTE) {
        if (!this.#endsToken(i + 1))
          return this.#fail(`the field ${excerpt(key)} has text behind its closing quote`, open);
        this.at = i + 1;
        const value = NAMES.of(bytes, open + 1, i);
        return escapes ? value.replaceAll(/\\(["\\])/g, "$1") : value;
      }
    }
    return this.#fail(`the quote of the field ${excerpt(key)} is never closed`, open);
  }

  #time(): Timestamp | undefined {
    const start = this.at;
    const end = this.#tokenEnd();
    const time = readTimestamp(this.#bytes, start, end, this.#precision);
    if (time === undefined) {
      const found = excerpt(this.#bytes.subarray(start, end), 24);
      return this.#fail(`the timestamp is no whole number from 1677 to 2262: ${found}`);
    }
    this.at = end;
    this.#skipBlanks();
    return this.#endsLine(this.at) ? time : this.#fail("there is text behind the timestamp");
  }

  /** Reads up to a comma, a space, a newline, or an equals sign if `equals`; a backslash escapes these. */
  #name(equals: boolean): string {
    const bytes = this.#bytes;
    const start = this.at;
    let escapes = false;
    let i = start;
    for (; i < bytes.length; i++) {
      const code = bytes[i] ?? END;
      if (code > BACKSLASH) continue;
      if (code === COMMA || code === SPACE || code === NEWLINE || (equals && code === EQUALS)) break;
      if (code !== BACKSLASH) continue;
      const next = bytes[i + 1];
      if (next === COMMA || next === SPACE || (equals && next === EQUALS)) {
        escapes = true;
        i += 1;
      }
    }
    this.at = i;
    const name = NAMES.of(bytes, start, i);
    return escapes ? name.replaceAll(equals ? /\\([, =])/g : /\\([, ])/g, "$1") : name;
  }

  #skip(code: number): boolean {
    if (this.#bytes[this.at] !== code) return false;
    this.at += 1;
    return true;
  }

  #skipBlanks(): void {
    let code = this.#bytes[this.at];
    while (code === SPACE || code === TAB) code = this.#bytes[++this.at];
  }

  #tokenEnd(): number {
    let end = this.at;
    while (!this.#endsToken(end)) end += 1;
    return end;
  }

  /** Whether a value ends before `index`. */
  #endsToken(index: number): boolean {
    const code = this.#bytes[index] ?? END;
    // Most are digits and letters.
    if (code > COMMA) return false;
    return code === COMMA || code === SPACE || code === TAB || this.#endsLine(index);
  }

  /** Whether the line ends before `index`: a newline, CRLF, or the end of the bytes, with or without a CR. */
  #endsLine(index: number): boolean {
    const bytes = this.#bytes;
    if (index >= bytes.length) return true;
    const code = bytes[index];
    if (code === NEWLINE) return true;
    return code === RETURN && (index + 1 === bytes.length || bytes[index + 1] === NEWLINE);
  }
}
