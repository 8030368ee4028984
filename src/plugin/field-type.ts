import { excerpt, type FieldValue, integerField, parseInteger } from "../model/index.ts";
import { choice } from "../schema/index.ts";

/** What a field of a format without types of its own may become. */
export const FIELD_TYPES = ["float", "integer", "unsigned", "string", "boolean"] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

/** A value, or why there is none, as the end of a sentence that names the field. */
export type TypedValue =
  | { readonly value: FieldValue; readonly reason?: undefined }
  | { readonly value?: undefined; readonly reason: string };

const INTEGER = /^[+-]?\d+$/;
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
/** No float has more digits that count (`Number.MAX_VALUE` has 309). */
const MAX_NUMBER_LENGTH = 400;
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...["true", "t", "on", "yes", "1"].map((spelling) => [spelling, true] as const),
  ...["false", "f", "off", "no", "0"].map((spelling) => [spelling, false] as const),
]);

/** The setting of one field's type. */
export function fieldTypeSetting() {
  return choice(
    FIELD_TYPES,
    "`boolean` also reads on and off, yes and no, 1 and 0; the integers have 64 bits, exactly.",
  );
}

/**
 * Reads a text as a field. Without a type it is a float, so that a sensor that sends 21 and then 21.5 keeps one type;
 * then an integer that no float holds exactly is refused rather than rounded.
 */
export function readField(text: string, type?: FieldType): TypedValue {
  if (type === "string") return { value: text };
  if (type === "boolean") return readBoolean(text);
  return type === "integer" || type === "unsigned" ? readInteger(text, type) : readFloat(text, type === undefined);
}

function readBoolean(text: string): TypedValue {
  const value = text.length > 5 ? undefined : BOOLEANS.get(text.toLowerCase());
  return value === undefined ? { reason: `is neither true nor false: ${excerpt(text)}` } : { value };
}

function readInteger(text: string, type: "integer" | "unsigned"): TypedValue {
  // 21.0 and 2.1e1 are whole numbers too.
  const value = INTEGER.test(text) ? parseInteger(text, type) : integerField(numberOf(text) ?? Number.NaN, type);
  return value === undefined ? { reason: `is no 64-bit ${type} number: ${excerpt(text)}` } : { value };
}

function readFloat(text: string, exact: boolean): TypedValue {
  const value = numberOf(text);
  if (value === undefined) return { reason: `is no number: ${excerpt(text)}` };
  if (exact && !Number.isSafeInteger(value) && INTEGER.test(text) && BigInt(value) !== BigInt(text.replace(/^\+/, "")))
    return { reason: `is ${text}, an integer that no float holds exactly: name its type in \`types\`` };
  return { value };
}

function numberOf(text: string): number | undefined {
  if (text.length > MAX_NUMBER_LENGTH || !NUMBER.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}
