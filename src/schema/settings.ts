import { suggestion } from "./nearest.ts";
import { refuse, refuseType, show } from "./refuse.ts";
import { Setting, type SettingMeta } from "./setting.ts";
import { parseDuration, parseSize, writeDuration, writeSize } from "./units.ts";

/**
 * How settings are declared, once: their types, validation, JSON Schema and documentation derive from these.
 * What they read is a YAML tree whose scalars are all text, so that the setting decides the type: `0403` stays text
 * where text is wanted. `.optional()` and `.prefault("5s")` (a default, written as in the file) follow any of them.
 */

/** Reads a scalar with `read`, which gives undefined for a text that does not fit. */
function scalar<T>(
  meta: SettingMeta,
  expected: string,
  code: string,
  read: (text: string) => T | undefined,
): Setting<T> {
  return new Setting<T>({
    meta,
    structure: { kind: "scalar" },
    read(given, path, problems) {
      if (typeof given !== "string") return refuseType(problems, path, expected, given);
      const found = meta.secret === true ? "a secret" : show(given);
      return read(given) ?? refuse(problems, path, code, `expected ${expected}, found ${found}`);
    },
  });
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
  const expected = words.length === 1 ? words.join("") : `one of ${words.join(", ")}`;
  return new Setting<Words[number]>({
    meta,
    structure: { kind: "scalar" },
    read(given, path, problems) {
      if (typeof given === "string" && words.includes(given)) return given;
      if (given === undefined) return refuseType(problems, path, `one of ${words.join(", ")}`, given);
      const near = typeof given === "string" ? suggestion(given, words) : "";
      const hint = near.startsWith("; did") ? near : "";
      return refuse(problems, path, "bad-choice", `expected ${expected}, found ${show(given)}${hint}`);
    },
  });
}
