import { BytesMemo } from "fieldline/plugin";
import { NumberText, type Scalar } from "./scalar.ts";

const FIRST_PRINTABLE = 32;
const QUOTE = 34;
const PLUS = 43;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;
const NINE = 57;
const UPPER_E = 69;
const BACKSLASH = 92;
const LOWER_E = 101;
const LAST_ASCII = 127;
const WORDS: readonly (readonly [Uint8Array, boolean | null])[] = [
  [Buffer.from("true"), true],
  [Buffer.from("false"), false],
  [Buffer.from("null"), null],
];
/** Up to here digits make a double exactly, and so does dividing it by one of these powers (Clinger 1990). */
const EXACT_DIGITS = 15;
const POWERS_OF_TEN = Array.from({ length: EXACT_DIGITS + 1 }, (_, exponent) => 10 ** exponent);

/** So many short texts are remembered, the words that a sensor sends again and again. */
const TEXTS = 4_096;
const LONGEST_TEXT = 40;

/** Reads the scalars of JSON (RFC 8259) from bytes that are UTF-8. */
export class ScalarReader {
  readonly #texts = new BytesMemo<string, Uint8Array>(sliceText, TEXTS, LONGEST_TEXT);
  /** What was read last. */
  value: Scalar | null = null;
  /** A text may have had characters beyond ASCII: whether they are UTF-8 is for the caller to see. */
  beyondAscii = false;

  /** Reads the scalar at `at`; returns where it ends, or -1 when there is none. */
  read(bytes: Uint8Array, at: number): number {
    const first = bytes[at] ?? 0;
    if (first === QUOTE) return this.#readString(bytes, at);
    return first === MINUS || isDigit(first) ? this.#readNumber(bytes, at) : this.#readWord(bytes, at);
  }

  #readString(bytes: Uint8Array, at: number): number {
    let all = 0;
    for (let end = at + 1; end < bytes.length; end++) {
      const byte = bytes[end] as number;
      if (byte === QUOTE) {
        if (all > LAST_ASCII) this.beyondAscii = true;
        this.value = this.#texts.of(bytes, at + 1, end);
        return end + 1;
      }
      if (byte < FIRST_PRINTABLE) return -1;
      if (byte === BACKSLASH) return this.#readEscaped(bytes, at, end);
      all |= byte;
    }
    return -1;
  }

  /** @param escape where the first backslash is */
  #readEscaped(bytes: Uint8Array, at: number, escape: number): number {
    let end = escape;
    for (; end < bytes.length && bytes[end] !== QUOTE; end++) if (bytes[end] === BACKSLASH) end += 1;
    if (end >= bytes.length) return -1;
    this.beyondAscii = true;
    try {
      this.value = JSON.parse(sliceText(bytes, at, end + 1)) as string;
      return end + 1;
    } catch {
      return -1;
    }
  }

  #readNumber(bytes: Uint8Array, at: number): number {
    const negative = bytes[at] === MINUS;
    const first = negative ? at + 1 : at;
    let end = first;
    let digits = 0;
    for (let byte = bytes[end] ?? 0; isDigit(byte); byte = bytes[++end] ?? 0) digits = digits * 10 + (byte - ZERO);
    let count = end - first;
    if (count === 0 || (count > 1 && bytes[first] === ZERO)) return -1;
    let decimals = 0;
    if (bytes[end] === DOT) {
      const point = end++;
      for (let byte = bytes[end] ?? 0; isDigit(byte); byte = bytes[++end] ?? 0) digits = digits * 10 + (byte - ZERO);
      decimals = end - point - 1;
      if (decimals === 0) return -1;
      count += decimals;
    }
    if (bytes[end] === LOWER_E || bytes[end] === UPPER_E || count > EXACT_DIGITS)
      return this.#readLongNumber(bytes, at, end);
    const value = decimals === 0 ? digits : digits / (POWERS_OF_TEN[decimals] as number);
    this.value = negative ? -value : value;
    return end;
  }

  /** @param mantissa where that ends */
  #readLongNumber(bytes: Uint8Array, at: number, mantissa: number): number {
    let end = mantissa;
    if (bytes[end] === LOWER_E || bytes[end] === UPPER_E) {
      end += bytes[end + 1] === PLUS || bytes[end + 1] === MINUS ? 2 : 1;
      const first = end;
      while (isDigit(bytes[end] ?? 0)) end += 1;
      if (end === first) return -1;
    }
    const text = sliceText(bytes, at, end);
    this.value = text.length > EXACT_DIGITS ? new NumberText(text) : Number(text);
    return end;
  }

  #readWord(bytes: Uint8Array, at: number): number {
    for (const [word, value] of WORDS) {
      if (!startsWith(bytes, at, word)) continue;
      this.value = value;
      return at + word.length;
    }
    return -1;
  }
}

/** Whether `part` stands at `at`. */
export function startsWith(bytes: Uint8Array, at: number, part: Uint8Array): boolean {
  const { length } = part;
  if (at + length > bytes.length) return false;
  for (let index = 0; index < length; index++) if (bytes[at + index] !== part[index]) return false;
  return true;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

function sliceText(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString();
}
