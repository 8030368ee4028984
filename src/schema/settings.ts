import { z } from "zod";
import { suggestion } from "./nearest.ts";
import { parseDuration, parseSize, writeDuration, writeSize } from "./units.ts";

/**
 * How settings are declared, once: their types, validation, JSON Schema and documentation derive from these.
 * What they read is a YAML tree whose scalars are all text, so that the setting decides the type: `0403` stays text
 * where text is wanted. `.optional()` and `.prefault("5s")` (a default, written as in the file) follow any of them.
 */
export type Setting<T = unknown> = z.ZodType<T>;
export type SettingsShape = Readonly<Record<string, Setting>>;
/** The type that `create` gets: keys of optional settings may be absent. */
export type SettingsOf<Shape extends SettingsShape> = z.output<
  z.ZodObject<{ -readonly [K in keyof Shape]: Shape[K] }, z.core.$strict>
>;

/** What the documentation and the JSON Schema say of a setting, beside its description. */
export interface SettingMeta {
  readonly description: string;
  /** The type's name for people: `duration`, `list of text`. */
  readonly label: string;
  /** What an editor accepts; left out where it follows from the structure. */
  readonly json?: Readonly<Record<string, unknown>>;
  /** The fewest items of a list. */
  readonly minItems?: number;
  /** The value is never shown. */
  readonly secret?: boolean;
  /** The value names a file or folder; `create` gets it absolute. */
  readonly path?: boolean;
}

export const settingMeta = z.registry<SettingMeta>();
/** The forms of the settings that `either` made. */
export const settingForms = new WeakMap<z.ZodType, Forms>();

function declare<T extends z.ZodType>(schema: T, meta: SettingMeta): T {
  settingMeta.add(schema, meta);
  return schema;
}

/** Adds a problem with a code of the catalogue at the value being read. */
function refuse(context: z.RefinementCtx, code: string, message: string): never {
  context.addIssue({ code: "custom", message, params: { code } });
  return z.NEVER;
}

function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  return Array.isArray(value) ? "a list" : value === undefined || value === null ? "nothing" : "a map";
}

/** Reads a scalar with `read`, which gives undefined for a text that does not fit. */
function scalar<T>(meta: SettingMeta, expected: string, code: string, read: (text: string) => T | undefined) {
  const schema = z.unknown().transform((value, context): T => {
    if (value === undefined) return refuse(context, "missing-setting", `is required: ${expected}`);
    const found = meta.secret === true && typeof value === "string" ? "a secret" : show(value);
    if (typeof value !== "string") return refuse(context, "wrong-type", `expected ${expected}, found ${found}`);
    const result = read(value);
    return result === undefined ? refuse(context, code, `expected ${expected}, found ${found}`) : result;
  });
  return declare(schema, meta);
}

export interface TextOptions {
  /** What the text has to match, and how to say it: "a topic such as bbq/+/temp". */
  readonly pattern?: RegExp;
  readonly expected?: string;
  /** Never shown in a log, an error, a plan. */
  readonly secret?: boolean;
  /** The type's name for people; left out: `text`. */
  readonly label?: string;
}

/** Text, taken as it stands in the file. */
export function text(description: string, options: TextOptions = {}) {
  const { pattern, expected = "text", secret = false, label = "text" } = options;
  const json = { type: ["string", "number", "boolean"], ...(pattern === undefined ? {} : { pattern: pattern.source }) };
  return scalar<string>({ description, label, json, secret }, expected, "bad-text", (value) =>
    pattern === undefined || pattern.test(value) ? value : undefined,
  );
}

/** A file or folder. Relative ones are relative to the configuration file; `create` gets an absolute path. */
export function path(description: string) {
  const json = { type: ["string", "number", "boolean"], minLength: 1 };
  return scalar<string>(
    { description, label: "path", json, path: true },
    "the path of a file or folder",
    "bad-text",
    (value) => (value === "" || value.includes("\0") ? undefined : value),
  );
}

export interface RangeOptions {
  readonly min?: number;
  readonly max?: number;
}

function inRange(value: number, { min = -Infinity, max = Infinity }: RangeOptions): boolean {
  return value >= min && value <= max;
}

function rangeText({ min, max }: RangeOptions, write: (value: number) => string = String): string {
  if (min !== undefined && max !== undefined) return ` from ${write(min)} to ${write(max)}`;
  if (min !== undefined) return ` of at least ${write(min)}`;
  return max === undefined ? "" : ` of at most ${write(max)}`;
}

function rangeJson({ min, max }: RangeOptions): object {
  return { ...(min === undefined ? {} : { minimum: min }), ...(max === undefined ? {} : { maximum: max }) };
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const WHOLE = /^[+-]?\d+$/;

/** A number, also in quotes, as an editor reads it. */
function numberJson(type: "number" | "integer", range: RangeOptions, { source }: RegExp) {
  return {
    anyOf: [
      { type, ...rangeJson(range) },
      { type: "string", pattern: source },
    ],
  };
}

/** A finite number. */
export function number(description: string, range: RangeOptions = {}) {
  const json = numberJson("number", range, NUMBER);
  return scalar<number>(
    { description, label: "number", json },
    `a number${rangeText(range)}`,
    "bad-number",
    (value) => {
      const result = NUMBER.test(value) ? Number(value) : Number.NaN;
      return Number.isFinite(result) && inRange(result, range) ? result : undefined;
    },
  );
}

/** A whole number. */
export function integer(description: string, range: RangeOptions = {}) {
  const json = numberJson("integer", range, WHOLE);
  return scalar<number>(
    { description, label: "whole number", json },
    `a whole number${rangeText(range)}`,
    "bad-number",
    (value) => {
      const result = WHOLE.test(value) ? Number(value) : Number.NaN;
      return Number.isSafeInteger(result) && inRange(result, range) ? result : undefined;
    },
  );
}

/** true or false. */
export function flag(description: string) {
  return scalar<boolean>(
    { description, label: "true or false", json: { enum: [true, false, "true", "false"] } },
    "true or false",
    "bad-flag",
    // YAML 1.2 knows three spellings of each.
    (value) => (/^(true|True|TRUE)$/.test(value) ? true : /^(false|False|FALSE)$/.test(value) ? false : undefined),
  );
}

/** A length of time such as `5s`, in milliseconds. */
export function duration(description: string, range: RangeOptions = {}) {
  const json = { anyOf: [{ type: "string", pattern: "^(0|\\d+(\\.\\d+)?(ms|s|m|h|d))$" }, { const: 0 }] };
  const expected = `a duration such as 250ms, 5s, 2m, 1h or 7d${rangeText(range, writeDuration)}`;
  return scalar<number>({ description, label: "duration", json }, expected, "bad-duration", (value) => {
    const ms = parseDuration(value);
    return ms !== undefined && inRange(ms, range) ? ms : undefined;
  });
}

/** An amount of memory or disk such as `4MiB`, in bytes. */
export function size(description: string, range: RangeOptions = {}) {
  const json = { anyOf: [{ type: "string", pattern: "^(0|\\d+(\\.\\d+)?([KMGT]i?)?B)$" }, { const: 0 }] };
  const expected = `a size such as 64KiB, 512MB or 1GiB${rangeText(range, writeSize)}`;
  return scalar<number>({ description, label: "size", json }, expected, "bad-size", (value) => {
    const bytes = parseSize(value);
    return bytes !== undefined && inRange(bytes, range) ? bytes : undefined;
  });
}

/** How an editor may read a word of a choice: `1` as a number, `true` as a flag, each also in quotes. */
function editorWords(word: string): readonly unknown[] {
  if (word === "true" || word === "false") return [word === "true", word];
  return NUMBER.test(word) ? [Number(word), word] : [word];
}

/** One of a few words. */
export function choice<const Words extends readonly string[]>(words: Words, description: string) {
  const meta = {
    description,
    label: words.map((word) => `\`${word}\``).join(", "),
    json: { enum: words.flatMap(editorWords) },
  };
  const schema = z.unknown().transform((value, context): Words[number] => {
    if (typeof value === "string" && words.includes(value)) return value;
    if (value === undefined) return refuse(context, "missing-setting", `is required: one of ${words.join(", ")}`);
    const near = typeof value === "string" ? suggestion(value, words) : "";
    const expected = words.length === 1 ? words.join("") : `one of ${words.join(", ")}`;
    return refuse(
      context,
      "bad-choice",
      `expected ${expected}, found ${show(value)}${near.startsWith("; did") ? near : ""}`,
    );
  });
  return declare(schema, meta);
}

function labelOf(schema: z.ZodType): string {
  return settingMeta.get(schema)?.label ?? "value";
}

/** A list. */
export function list<T extends z.ZodType>(item: T, description: string, { min = 0 }: { min?: number } = {}) {
  const schema = z.array(item, {
    error: (issue) =>
      issue.input === undefined
        ? "is required: a list"
        : `expected a list, found ${show(issue.input)}${asList(issue.input)}`,
  });
  const bounded =
    min === 0
      ? schema
      : schema.min(min, `expected a list of at least ${min}, found ${min === 1 ? "an empty one" : "fewer"}`);
  return declare(bounded, { description, label: `list of ${labelOf(item)}`, minItems: min });
}

/** How one text is written as a list. */
function asList(value: unknown): string {
  return typeof value === "string" ? `; write [${show(value)}]` : "";
}

/** A map from names that the user chooses to values. */
export function dictionary<T extends z.ZodType>(item: T, description: string) {
  const schema = z.record(z.string(), item, {
    error: (issue) => (issue.input === undefined ? "is required: a map" : `expected a map, found ${show(issue.input)}`),
  });
  return declare(schema, { description, label: `map of ${labelOf(item)}` });
}

/** A map with fixed keys; unknown ones are errors with the nearest right name. */
export function group<const Shape extends SettingsShape>(shape: Shape, description: string) {
  const schema = z.strictObject(shape, {
    error: (issue) => {
      // The known keys travel in the message; validate() makes one problem of each unknown key with them.
      if (issue.code === "unrecognized_keys") return Object.keys(shape).join(" ");
      const map = `a map with ${Object.keys(shape).join(", ")}`;
      return issue.input === undefined ? `is required: ${map}` : `expected ${map}, found ${show(issue.input)}`;
    },
  });
  return declare(schema, { description, label: "map" });
}

export interface Forms {
  readonly scalar?: z.ZodType;
  readonly list?: z.ZodType;
  readonly map?: z.ZodType;
}
type FormOutput<F extends Forms> = { [K in keyof F]: F[K] extends z.ZodType ? z.output<F[K]> : never }[keyof F];

/** A setting that may be written in more than one form; which, the shape of the value decides. */
export function either<const F extends Forms>(forms: F, description: string) {
  const names = Object.keys(forms).map((form) =>
    form === "scalar" ? labelOf(forms.scalar as z.ZodType) : `a ${form}`,
  );
  const schema = z.unknown().transform((value, context): FormOutput<F> => {
    const form = typeof value === "string" ? "scalar" : Array.isArray(value) ? "list" : "map";
    if (value === undefined) return refuse(context, "missing-setting", `is required: ${names.join(" or ")}`);
    const chosen = forms[form];
    if (chosen === undefined)
      return refuse(
        context,
        "wrong-type",
        `expected ${names.join(" or ")}, found ${show(value)}${forms.list === undefined ? "" : asList(value)}`,
      );
    const result = chosen.safeParse(value);
    if (result.success) return result.data as FormOutput<F>;
    context.issues.push(...(result.error.issues as unknown as z.core.$ZodRawIssue[]));
    return z.NEVER;
  });
  settingForms.set(schema, forms);
  return declare(schema, { description, label: names.join(" or ") });
}
