import { excerpt } from "../excerpt.ts";
import { type Fields, type FieldValue, NO_TAGS, type Tags } from "../point.ts";
import { parseTimestamp, type Precision, type Timestamp } from "../timestamp.ts";
import { BOOLEANS, readNumber } from "./value.ts";

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

const TAB = 9;
const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const QUOTE = 34;
const HASH = 35;
const COMMA = 44;
const EQUALS = 61;
const BACKSLASH = 92;

/** Reads all lines of `text`, the first of which is line `line` of the payload. Adds to `lines` and `errors`. */
export function parseLines(
  text: string,
  precision: Precision,
  line: number,
  lines: DecodedLine[],
  errors: LineError[],
): void {
  const parser = new Parser(text, precision);
  let lineStart = 0;
  while (parser.nextLine()) {
    const decoded = parser.line();
    if (decoded !== undefined) {
      lines.push(decoded);
      continue;
    }
    const { at } = parser;
    for (let newline = text.indexOf("\n", lineStart); newline !== -1 && newline < at; line++) {
      lineStart = newline + 1;
      newline = text.indexOf("\n", lineStart);
    }
    errors.push({ line, column: Array.from(text.slice(lineStart, at)).length + 1, reason: parser.reason });
    parser.skipLine();
  }
}

/**
 * One pass over a text. A failed read leaves `at` where the fault is, or at the opening quote of a faulty string, and
 * the next line is looked for from there: so a stray quote costs its own line, and no text is read more than twice.
 */
class Parser {
  readonly #text: string;
  readonly #precision: Precision;
  at = 0;
  /** What is wrong at `at`. */
  reason = "";

  constructor(text: string, precision: Precision) {
    this.#text = text;
    this.#precision = precision;
  }

  /** Goes to the next line that is neither blank nor a comment; false at the end. */
  nextLine(): boolean {
    const text = this.#text;
    while (this.at < text.length) {
      const code = text.charCodeAt(this.at);
      if (code === SPACE || code === NEWLINE || code === TAB || this.#endsLine(this.at)) this.at += 1;
      else if (code === HASH) this.skipLine();
      else return true;
    }
    return false;
  }

  /** Goes behind the next newline. */
  skipLine(): void {
    const newline = this.#text.indexOf("\n", this.at);
    this.at = newline === -1 ? this.#text.length : newline + 1;
  }

  /** Reads the line at `at`. */
  line(): DecodedLine | undefined {
    const measurement = this.#name(false);
    if (measurement === "") return this.#fail("the measurement is missing");
    const tags = this.#tags();
    if (tags === undefined) return undefined;
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

  #fail(reason: string, at = this.at): undefined {
    this.reason = reason;
    this.at = at;
  }

  #tags(): Tags | undefined {
    if (this.#text.charCodeAt(this.at) !== COMMA) return NO_TAGS;
    const tags = new Map<string, string>();
    while (this.#skip(COMMA)) {
      const start = this.at;
      const key = this.#name(true);
      if (key === "") return this.#fail("a tag key is missing");
      if (!this.#skip(EQUALS)) return this.#fail(`the tag ${excerpt(key)} has no value`);
      const value = this.#name(true);
      if (value === "") return this.#fail(`the value of the tag ${excerpt(key)} is missing`);
      if (this.#text.charCodeAt(this.at) === EQUALS)
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
    const text = this.#text;
    const start = this.at;
    const first = text.charCodeAt(start);
    if (first === QUOTE) return this.#string(key);
    if (first > EQUALS) {
      const end = this.#tokenEnd();
      const value = end - start > 5 ? undefined : BOOLEANS.get(text.slice(start, end));
      if (value !== undefined) {
        this.at = end;
        return value;
      }
    } else {
      const number = readNumber(text, start);
      if (number !== undefined && this.#endsToken(number.end)) {
        this.at = number.end;
        return number.value;
      }
    }
    const found = text.slice(start, this.#tokenEnd());
    return this.#fail(
      found === ""
        ? `the value of the field ${excerpt(key)} is missing`
        : `the field ${excerpt(key)} is no number, boolean or quoted string: ${excerpt(found, 24)}`,
    );
  }

  #string(key: string): string | undefined {
    const text = this.#text;
    const open = this.at;
    let escapes = false;
    for (let i = open + 1; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code === BACKSLASH) {
        const next = text.charCodeAt(i + 1);
        if (next !== QUOTE && next !== BACKSLASH) continue;
        escapes = true;
        i += 1;
      } else if (code === QUOTE) {
        if (!this.#endsToken(i + 1))
          return this.#fail(`the field ${excerpt(key)} has text behind its closing quote`, open);
        this.at = i + 1;
        const value = text.slice(open + 1, i);
        return escapes ? value.replaceAll(/\\(["\\])/g, "$1") : value;
      }
    }
    return this.#fail(`the quote of the field ${excerpt(key)} is never closed`, open);
  }

  #time(): Timestamp | undefined {
    const start = this.at;
    const end = this.#tokenEnd();
    const token = this.#text.slice(start, end);
    const time = parseTimestamp(token, this.#precision);
    if (time === undefined)
      return this.#fail(`the timestamp is no whole number from 1677 to 2262: ${excerpt(token, 24)}`);
    this.at = end;
    this.#skipBlanks();
    return this.#endsLine(this.at) ? time : this.#fail("there is text behind the timestamp");
  }

  /** Reads up to a comma, a space, a newline, or an equals sign if `equals`; a backslash escapes these. */
  #name(equals: boolean): string {
    const text = this.#text;
    const start = this.at;
    let escapes = false;
    let i = start;
    for (; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > BACKSLASH) continue;
      if (code === COMMA || code === SPACE || code === NEWLINE || (equals && code === EQUALS)) break;
      if (code !== BACKSLASH) continue;
      const next = text.charCodeAt(i + 1);
      if (next === COMMA || next === SPACE || (equals && next === EQUALS)) {
        escapes = true;
        i += 1;
      }
    }
    this.at = i;
    const name = text.slice(start, i);
    return escapes ? name.replaceAll(equals ? /\\([, =])/g : /\\([, ])/g, "$1") : name;
  }

  #skip(code: number): boolean {
    if (this.#text.charCodeAt(this.at) !== code) return false;
    this.at += 1;
    return true;
  }

  #skipBlanks(): void {
    let code = this.#text.charCodeAt(this.at);
    while (code === SPACE || code === TAB) code = this.#text.charCodeAt(++this.at);
  }

  #tokenEnd(): number {
    let end = this.at;
    while (!this.#endsToken(end)) end += 1;
    return end;
  }

  /** Whether a value ends before `index`. */
  #endsToken(index: number): boolean {
    const code = this.#text.charCodeAt(index);
    return code === COMMA || code === SPACE || code === TAB || this.#endsLine(index);
  }

  /** Whether the line ends before `index`: a newline, CRLF, or the end of the text, with or without a CR. */
  #endsLine(index: number): boolean {
    const text = this.#text;
    if (index >= text.length) return true;
    const code = text.charCodeAt(index);
    if (code === NEWLINE) return true;
    return code === RETURN && (index + 1 === text.length || text.charCodeAt(index + 1) === NEWLINE);
  }
}
