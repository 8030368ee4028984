import { isUtf8 } from "node:buffer";
import { excerpt } from "fieldline/plugin";
import { findFault } from "./fault.ts";

/** A number with more digits than a double keeps, as it stood in the payload. */
export class NumberText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Scalar = string | number | boolean | NumberText;
export type JsonValue = Scalar | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

export function isScalar(value: JsonValue | undefined): value is Scalar {
  return value !== null && (typeof value !== "object" || value instanceof NumberText) && value !== undefined;
}

export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

export function isMap(value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof NumberText);
}

export type Parsed =
  | { readonly value: JsonValue; readonly reason?: undefined }
  | { readonly value?: undefined; readonly reason: string };

/** More digits than these need their text. */
const EXACT_DIGITS = 15;
/** Whether there can be an integer beyond 2^53, or seconds finer than a double keeps: only then is a reviver worth its cost. */
const LONG_NUMBER = /(?:^|[^.\d])\d{16}|\d{9}\.\d{6}/;

/** Reads a payload as JSON (RFC 8259), or says why and where it is none. */
export function parseJson(payload: Uint8Array): Parsed {
  if (!isUtf8(payload)) return { reason: `the payload is not UTF-8: ${excerpt(payload)}` };
  const text = Buffer.from(payload.buffer, payload.byteOffset, payload.length)
    .toString()
    .replace(/^\uFEFF/, "");
  if (text.trim() === "") return { reason: "the payload is empty" };
  try {
    return { value: JSON.parse(text, LONG_NUMBER.test(text) ? keepDigits : undefined) as JsonValue };
  } catch (error) {
    if (error instanceof RangeError) return { reason: "the payload is nested too deeply" };
    return { reason: `the payload is not JSON: ${findFault(text)}` };
  }
}

/** A reviver; V8 gives it a number's text as `context.source`. */
function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  return typeof value === "number" && source !== undefined && source.length > EXACT_DIGITS
    ? new NumberText(source)
    : value;
}
