import { type Integer, integerField, parseInteger } from "../point.ts";

const BOOLEANS = [
  ...["t", "T", "true", "True", "TRUE"].map((spelling) => ({ spelling: Buffer.from(spelling), value: true })),
  ...["f", "F", "false", "False", "FALSE"].map((spelling) => ({ spelling: Buffer.from(spelling), value: false })),
];

/** What is read behind the last byte. */
const END = 0;
const PLUS = 43;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;
const NINE = 57;
const UPPER_E = 69;
const LOWER_E = 101;
const LOWER_I = 105;
const LOWER_U = 117;

/** Up to here digits make a double exactly, and so does dividing it by one of these powers (Clinger 1990). */
const EXACT_DIGITS = 15;
const POWERS_OF_TEN = Array.from({ length: EXACT_DIGITS + 1 }, (_, exponent) => 10 ** exponent);

export interface ReadNumber {
  readonly value: number | Integer;
  /** The index behind it. */
  readonly end: number;
}

/** The boolean that is spelled between `start` and `end`. */
export function readBoolean(bytes: Uint8Array, start: number, end: number): boolean | undefined {
  for (const { spelling, value } of BOOLEANS) {
    if (spelling.length !== end - start) continue;
    let index = 0;
    while (index < spelling.length && spelling[index] === bytes[start + index]) index += 1;
    if (index === spelling.length) return value;
  }
  return undefined;
}

/** Reads the number at `start`: a float, an integer with `i`, or an unsigned one with `u`; undefined when there is none. */
export function readNumber(text: Buffer, start: number): ReadNumber | undefined {
  const sign = text[start] ?? END;
  let i = sign === MINUS || sign === PLUS ? start + 1 : start;
  const first = i;
  let digits = 0;
  let code = text[i] ?? END;
  for (; code >= ZERO && code <= NINE; code = text[++i] ?? END) digits = digits * 10 + (code - ZERO);
  let count = i - first;
  if (count > 0 && (code === LOWER_I || code === LOWER_U)) {
    const type = code === LOWER_I ? "integer" : "unsigned";
    const signed = sign === MINUS ? -digits : digits;
    const value =
      count <= EXACT_DIGITS ? integerField(signed, type) : parseInteger(text.toString("latin1", start, i), type);
    return value === undefined ? undefined : { value, end: i + 1 };
  }
  let decimals = 0;
  if (code === DOT) {
    const point = i;
    code = text[++i] ?? END;
    for (; code >= ZERO && code <= NINE; code = text[++i] ?? END) digits = digits * 10 + (code - ZERO);
    decimals = i - point - 1;
    count += decimals;
  }
  if (count === 0) return undefined;
  if (count <= EXACT_DIGITS && code !== LOWER_E && code !== UPPER_E) {
    const value = digits / (POWERS_OF_TEN[decimals] as number);
    return { value: sign === MINUS ? -value : value, end: i };
  }
  return readLongFloat(text, start, i, code);
}

/** @param at the index of the exponent's letter, if `code` is one, or behind the number */
function readLongFloat(text: Buffer, start: number, at: number, code: number): ReadNumber | undefined {
  let end = at;
  if (code === LOWER_E || code === UPPER_E) {
    end += 1;
    const sign = text[end] ?? END;
    if (sign === PLUS || sign === MINUS) end += 1;
    const first = end;
    for (let digit = text[end] ?? END; digit >= ZERO && digit <= NINE; digit = text[end] ?? END) end += 1;
    if (end === first) return undefined;
  }
  const value = Number(text.toString("latin1", start, end));
  return Number.isFinite(value) ? { value, end } : undefined;
}
