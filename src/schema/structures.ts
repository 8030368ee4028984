import { suggestion } from "./nearest.ts";
import type { Problem } from "./problem.ts";
import { refuse, refuseType, show } from "./refuse.ts";
import { type Forms, type Path, Setting, type SettingsOf, type SettingsShape, type ValueOf } from "./setting.ts";

/** A list. */
export function list<T>(item: Setting<T>, description: string, { min = 0 }: { min?: number } = {}): Setting<T[]> {
  return new Setting({
    meta: { description, label: `list of ${item.meta.label}`, minItems: min },
    structure: { kind: "list", item },
    read(given, path, problems) {
      if (!Array.isArray(given)) return refuseType(problems, path, "a list", given, asList(given));
      if (given.length < min) {
        const found = min === 1 ? "an empty one" : "fewer";
        return refuse(problems, path, "wrong-type", `expected a list of at least ${min}, found ${found}`);
      }
      return given.map((each: unknown, index) => item.read(each, [...path, index], problems));
    },
  });
}

/** How one text is written as a list. */
function asList(value: unknown): string {
  return typeof value === "string" ? `; write [${show(value)}]` : "";
}

/** A map from names that the user chooses to values. */
export function dictionary<T>(item: Setting<T>, description: string): Setting<Record<string, T>> {
  return new Setting({
    meta: { description, label: `map of ${item.meta.label}` },
    structure: { kind: "dictionary", item },
    read(given, path, problems) {
      if (!isMap(given)) return refuseType(problems, path, "a map", given);
      const read = ([key, each]: [string, unknown]) => [key, item.read(each, [...path, key], problems)] as const;
      return Object.fromEntries(Object.entries(given).map(read));
    },
  });
}

/** A map with fixed keys; unknown ones are errors with the nearest right name. */
export function group<const Shape extends SettingsShape>(
  shape: Shape,
  description: string,
): Setting<SettingsOf<Shape>> {
  return new Setting({
    meta: { description, label: "map" },
    structure: { kind: "group", shape },
    read(given, path, problems) {
      if (!isMap(given)) return refuseType(problems, path, `a map with ${Object.keys(shape).join(", ")}`, given);
      const values = Object.entries(shape)
        .map(([key, setting]) => [key, setting.read(ownValue(given, key), [...path, key], problems)] as const)
        .filter(([, value]) => value !== undefined);
      problems.push(...unknownKeys(given, shape, path));
      return Object.fromEntries(values) as SettingsOf<Shape>;
    },
  });
}

function unknownKeys(given: object, shape: SettingsShape, path: Path): Problem[] {
  const known = Object.keys(shape);
  return Object.keys(given)
    .filter((key) => !Object.hasOwn(shape, key))
    .map((key) => {
      const message = `unknown key "${key}"${suggestion(key, known)}`;
      return { path: [...path, key], code: "unknown-key", message, atKey: true };
    });
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function ownValue(map: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

type FormOutput<F extends Forms> = { [K in keyof F]: ValueOf<F[K]> }[keyof F];

/** A setting that may be written in more than one form; which, the shape of the value decides. */
export function either<const F extends Forms>(forms: F, description: string): Setting<FormOutput<F>> {
  const names = Object.entries(forms).map(([form, { meta }]: [string, Setting]) =>
    form === "scalar" ? meta.label : `a ${form}`,
  );
  const expected = names.join(" or ");
  return new Setting({
    meta: { description, label: expected },
    structure: { kind: "either", forms },
    read(given, path, problems) {
      const form = formOf(given, forms);
      if (given === undefined || form === undefined)
        return refuseType(problems, path, expected, given, forms.list === undefined ? "" : asList(given));
      return form.read(given, path, problems) as FormOutput<F>;
    },
  });
}

/** The form that a value is written in; undefined when it may not be. */
export function formOf(given: unknown, forms: Forms): Setting | undefined {
  if (typeof given === "string") return forms.scalar;
  return Array.isArray(given) ? forms.list : forms.map;
}
