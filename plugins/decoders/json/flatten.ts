import { isList, isScalar, type JsonValue, type Scalar } from "./parse.ts";

const MAX_DEPTH = 32;

/** Places that are not to become fields, as a tree of keys; a place without further keys is left out whole. */
export type LeftOut = Map<string, LeftOut>;

/** The places of several paths as one tree. */
export function leaveOut(paths: readonly (readonly (string | number)[])[]): LeftOut {
  const tree: LeftOut = new Map();
  for (const keys of paths) {
    let place = tree;
    for (const key of keys) {
      const next: LeftOut = place.get(String(key)) ?? new Map<string, LeftOut>();
      place.set(String(key), next);
      place = next;
    }
  }
  return tree;
}

/**
 * Gives every scalar below a value to `add`, named by its keys joined with `_`; an entry of a list by its index.
 * Nulls are no values.
 * @returns the name of a value that is nested too deeply, where it stopped
 */
export function flatten(
  value: JsonValue,
  name: string,
  leftOut: LeftOut | undefined,
  add: (name: string, value: Scalar) => void,
  depth = 0,
): string | undefined {
  if (value === null) return undefined;
  if (isScalar(value)) {
    add(name, value);
    return undefined;
  }
  if (depth === MAX_DEPTH) return name;
  const entries: Iterable<readonly [string | number, JsonValue]> = isList(value)
    ? value.entries()
    : Object.entries(value);
  for (const [key, entry] of entries) {
    const within = leftOut?.get(String(key));
    if (within !== undefined && within.size === 0) continue;
    const tooDeep = flatten(entry, name === "" ? String(key) : `${name}_${key}`, within, add, depth + 1);
    if (tooDeep !== undefined) return tooDeep;
  }
  return undefined;
}
