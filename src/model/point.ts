import type { Timestamp } from "./timestamp.ts";

/**
 * A 64-bit integer that is to stay one: signed (line protocol's `i`) or unsigned (`u`).
 * `value` is a number while that is exact, and a bigint beyond; so equal integers have equal values.
 */
export interface Integer {
  readonly type: "integer" | "unsigned";
  readonly value: number | bigint;
}

/** A plain number is a 64-bit float, and finite. */
export type FieldValue = number | string | boolean | Integer;

export type Tags = ReadonlyMap<string, string>;
export type Fields = ReadonlyMap<string, FieldValue>;

/** One row for a store. It has at least one field; points share their maps, so nobody changes one in place. */
export interface Point {
  readonly measurement: string;
  readonly tags: Tags;
  readonly fields: Fields;
  readonly time: Timestamp;
  /** The offset of the reading that caused it. */
  readonly offset: number;
}

export const NO_TAGS: Tags = new Map();

const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };
const UINT64 = { min: 0n, max: 2n ** 64n - 1n };

/**
 * An integer field from a number or bigint.
 * @returns undefined when the value is not whole, not exact, or outside 64 bits of that type.
 */
export function integerField(value: number | bigint, type: Integer["type"] = "integer"): Integer | undefined {
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value) || (type === "unsigned" && value < 0)) return undefined;
    return { type, value: value === 0 ? 0 : value };
  }
  const range = type === "integer" ? INT64 : UINT64;
  if (value < range.min || value > range.max) return undefined;
  const number = Number(value);
  return { type, value: Number.isSafeInteger(number) ? number : value };
}

/** An integer field from decimal text, exactly; undefined when it is none, or outside 64 bits. */
export function parseInteger(text: string, type: Integer["type"] = "integer"): Integer | undefined {
  if (!/^[+-]?\d{1,20}$/.test(text)) return undefined;
  const number = Number(text);
  return integerField(Number.isSafeInteger(number) ? number : BigInt(text.replace(/^\+/, "")), type);
}
