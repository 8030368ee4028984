import {
  type Decoded,
  type DecodedPoint,
  type Decoder,
  excerpt,
  type FieldType,
  type FieldValue,
  NO_TAGS,
  type Origin,
  parseTime,
  type Reading,
  readField,
  rejectionsOf,
  type Tags,
  type TimeUnit,
  type Timestamp,
  type TypedValue,
} from "fieldline/plugin";
import { flatten, type LeftOut } from "./flatten.ts";
import { isList, isScalar, type JsonValue, NumberText, parseJson, type Scalar } from "./parse.ts";
import { nameOf, type Path, valueAt } from "./path.ts";
import type { Places } from "./places.ts";

export interface Selection {
  readonly measurement: string | undefined;
  /** Where the list of readings is; the document itself without one. */
  readonly each: Path | undefined;
  readonly tags: Places;
  /** Everything without one. */
  readonly fields: Places | undefined;
  readonly leftOut: LeftOut;
  readonly types: ReadonlyMap<string, FieldType>;
  readonly time: { readonly path: Path; readonly unit: TimeUnit } | undefined;
}

export class JsonDecoder implements Decoder {
  readonly #selection: Selection;

  constructor(selection: Selection) {
    this.#selection = selection;
  }

  decode({ payload }: Reading, origin: Origin): Decoded {
    const { value: root, reason } = parseJson(payload);
    if (root === undefined) return { points: [], rejected: [{ reason }] };
    const { each } = this.#selection;
    const readings = each === undefined ? root : valueAt(each, root, root);
    const points: DecodedPoint[] = [];
    const reasons: string[] = [];
    if (isList(readings)) {
      for (const [index, reading] of readings.entries()) {
        const found: string[] = [];
        this.#decodeOne(reading, root, origin, points, found);
        for (const why of found) reasons.push(`entry ${index}: ${why}`);
      }
    } else if (each === undefined) this.#decodeOne(root, root, origin, points, reasons);
    else reasons.push(`there is no list at ${excerpt(nameOf(each))}`);
    return reasons.length === 0 ? { points } : { points, rejected: rejectionsOf(reasons) };
  }

  /** Adds the point of one reading, and the reasons against it or some of its fields. */
  #decodeOne(reading: JsonValue, root: JsonValue, origin: Origin, points: DecodedPoint[], reasons: string[]): void {
    const time = this.#time(reading, root, reasons);
    const tags = this.#tags(reading, root, reasons);
    // A point at a wrong time or in a wrong series would be worse than none.
    if (reasons.length > 0) return;
    const fields = this.#fields(reading, root, origin, reasons);
    if (fields.size > 0)
      points.push({ measurement: this.#selection.measurement ?? origin.measurement, tags, fields, time });
    else if (reasons.length === 0) reasons.push("there is no value in it that could be a field");
  }

  #time(reading: JsonValue, root: JsonValue, reasons: string[]): Timestamp | undefined {
    if (this.#selection.time === undefined) return undefined;
    const { path, unit } = this.#selection.time;
    const value = valueAt(path, reading, root);
    if (value === undefined || value === null) return undefined;
    const time = isScalar(value) ? parseTime(textOf(value), unit) : undefined;
    if (time === undefined) {
      const found = isScalar(value) ? excerpt(textOf(value)) : "a list or map";
      const expected = unit === "rfc3339" ? "a date with a zone (RFC 3339)" : `a number of ${unit} since 1970`;
      reasons.push(`the time at ${excerpt(nameOf(path))} is not ${expected} from 1677 to 2262: ${found}`);
    }
    return time;
  }

  #tags(reading: JsonValue, root: JsonValue, reasons: string[]): Tags {
    if (this.#selection.tags.size === 0) return NO_TAGS;
    const tags = new Map<string, string>();
    for (const [name, path] of this.#selection.tags) {
      const value = valueAt(path, reading, root);
      if (value === undefined || value === null) continue;
      if (isScalar(value)) tags.set(name, textOf(value));
      else reasons.push(`the tag ${excerpt(name)} is a list or map`);
    }
    return tags;
  }

  #fields(reading: JsonValue, root: JsonValue, origin: Origin, reasons: string[]): Map<string, FieldValue> {
    const { fields: places, leftOut, types } = this.#selection;
    const fields = new Map<string, FieldValue>();
    const add = (name: string, scalar: Scalar) => {
      const { value, reason } = readScalar(scalar, types.get(name));
      if (value === undefined) reasons.push(`the field ${excerpt(name)} ${reason}`);
      else if (fields.has(name))
        reasons.push(`two values would become the field ${excerpt(name)}: name them in \`fields\``);
      else fields.set(name, value);
    };
    const addAll = (value: JsonValue, name: string, without?: LeftOut) => {
      const tooDeep = flatten(value, name, without, add);
      if (tooDeep !== undefined) reasons.push(`the field ${excerpt(tooDeep)} is nested too deeply`);
    };
    if (places === undefined) addAll(reading, isScalar(reading) ? (origin.field ?? "value") : "", leftOut);
    else for (const [name, path] of places) addAll(valueAt(path, reading, root) ?? null, name);
    return fields;
  }
}

function readScalar(value: Scalar, type: FieldType | undefined): TypedValue {
  if (typeof value === "string" && (type === undefined || type === "string")) return { value };
  if (typeof value === "number" && (type === undefined || type === "float") && Number.isFinite(value)) return { value };
  if (typeof value === "boolean" && (type === undefined || type === "boolean")) return { value };
  return readField(typeof value === "boolean" && type !== "string" ? (value ? "1" : "0") : textOf(value).trim(), type);
}

function textOf(value: Scalar): string {
  return value instanceof NumberText ? value.text : String(value);
}
