import {
  type DecodedPoint,
  excerpt,
  type FieldType,
  type FieldValue,
  integerField,
  type Origin,
  parseTime,
  readField,
  type Tags,
  timestampOf,
  type TimeUnit,
  type Timestamp,
  type TypedValue,
} from "fieldline/plugin";
import type { FieldLayout, Layout, PointLayout } from "./layout.ts";
import { nameOf } from "./path.ts";
import { type Scalar, textOf } from "./scalar.ts";
import type { Selection } from "./selection.ts";
import type { TagSets } from "./tag-sets.ts";

type Values = readonly (Scalar | null)[];

/** Makes points of layouts and scalars. */
export class Filler {
  readonly #selection: Selection;
  readonly #tagSets: TagSets;

  constructor(selection: Selection, tagSets: TagSets) {
    this.#selection = selection;
    this.#tagSets = tagSets;
  }

  /** The points; reasons against them or some of their fields go to `reasons`. */
  fill(layout: Layout, values: Values, origin: Origin, reasons: string[]): DecodedPoint[] {
    if (layout.reason !== undefined) reasons.push(layout.reason);
    const points: DecodedPoint[] = [];
    for (const each of layout.points) {
      const found: string[] = [];
      this.#fillOne(each, values, origin, points, found);
      for (const reason of found) reasons.push(each.place + reason);
    }
    return points;
  }

  #fillOne(layout: PointLayout, values: Values, origin: Origin, points: DecodedPoint[], reasons: string[]): void {
    const { time: timePlace, measurement } = this.#selection;
    const time = timePlace === undefined ? undefined : this.#time(layout.time, values, reasons);
    const tags = this.#tags(layout, values, reasons);
    // A point at a wrong time or in a wrong series would be worse than none.
    if (reasons.length > 0) return;
    const fields = this.#fields(layout.fields, values, origin, reasons);
    if (fields.size > 0) points.push({ measurement: measurement ?? origin.measurement, tags, fields, time });
    else if (reasons.length === 0) reasons.push("there is no value in it that could be a field");
  }

  #time(place: PointLayout["time"], values: Values, reasons: string[]): Timestamp | undefined {
    if (this.#selection.time === undefined || place === undefined) return undefined;
    const { path, unit } = this.#selection.time;
    const value = typeof place === "string" ? undefined : (values[place] ?? null);
    if (value === null) return undefined;
    const time = value === undefined ? undefined : timeOf(value, unit);
    if (time === undefined) {
      const found = value === undefined ? String(place) : excerpt(textOf(value));
      const expected = unit === "rfc3339" ? "a date with a zone (RFC 3339)" : `a number of ${unit} since 1970`;
      reasons.push(`the time at ${excerpt(nameOf(path))} is not ${expected} from 1677 to 2262: ${found}`);
    }
    return time;
  }

  #tags({ tags }: PointLayout, values: Values, reasons: string[]): Tags {
    const set = this.#tagSets.of(tags, values);
    if (set !== undefined) return set;
    for (const { name, slot } of tags)
      if (slot === undefined) reasons.push(`the tag ${excerpt(name)} is a list or map`);
    return new Map();
  }

  #fields(layouts: PointLayout["fields"], values: Values, origin: Origin, reasons: string[]): Map<string, FieldValue> {
    const fields = new Map<string, FieldValue>();
    for (const layout of layouts) {
      if (typeof layout === "string") reasons.push(layout);
      else this.#addField(layout, values, origin, fields, reasons);
    }
    return fields;
  }

  #addField(
    { name: given, slot, type: named, again }: FieldLayout,
    values: Values,
    origin: Origin,
    fields: Map<string, FieldValue>,
    reasons: string[],
  ): void {
    const scalar = values[slot] ?? null;
    if (scalar === null) return;
    const name = given ?? origin.field ?? "value";
    const type = given === undefined ? this.#selection.types.get(name) : named;
    if (isOfType(scalar, type) && !again) {
      fields.set(name, scalar);
      return;
    }
    const { value, reason } = readScalar(scalar, type);
    if (value === undefined) reasons.push(`the field ${excerpt(name)} ${reason}`);
    else if (fields.has(name))
      reasons.push(`two values would become the field ${excerpt(name)}: name them in \`fields\``);
    else fields.set(name, value);
  }
}

function timeOf(value: Scalar, unit: TimeUnit): Timestamp | undefined {
  if (typeof value === "number" && unit !== "rfc3339" && Number.isSafeInteger(value)) return timestampOf(value, unit);
  return parseTime(textOf(value), unit);
}

/** Whether a scalar is a field as it is. */
function isOfType(value: Scalar, type: FieldType | undefined): value is string | number | boolean {
  if (typeof value === "number") return (type === undefined || type === "float") && Number.isFinite(value);
  if (typeof value === "string") return type === undefined || type === "string";
  return typeof value === "boolean" && (type === undefined || type === "boolean");
}

function isIntegerType(type: FieldType | undefined): type is "integer" | "unsigned" {
  return type === "integer" || type === "unsigned";
}

function readScalar(value: Scalar, type: FieldType | undefined): TypedValue {
  if (isOfType(value, type)) return { value };
  const whole = typeof value === "number" && isIntegerType(type) ? integerField(value, type) : undefined;
  if (whole !== undefined) return { value: whole };
  return readField(typeof value === "boolean" && type !== "string" ? (value ? "1" : "0") : textOf(value).trim(), type);
}
