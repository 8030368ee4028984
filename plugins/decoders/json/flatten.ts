import { isList, isSlot, type Slot, type Tree } from "./tree.ts";

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
 * Gives every scalar of a tree to `add`, named by its keys joined with `_`; an entry of a list by its index.
 * @returns the name of a value that is nested too deeply, where it stopped
 */
export function flatten(
  tree: Tree,
  name: string,
  leftOut: LeftOut | undefined,
  add: (name: string, slot: Slot) => void,
  depth = 0,
): string | undefined {
  if (isSlot(tree)) {
    add(name, tree);
    return undefined;
  }
  if (depth === MAX_DEPTH) return name;
  const entries: Iterable<readonly [string | number, Tree]> = isList(tree) ? tree.entries() : Object.entries(tree);
  for (const [key, entry] of entries) {
    const within = leftOut?.get(String(key));
    if (within !== undefined && within.size === 0) continue;
    const tooDeep = flatten(entry, name === "" ? String(key) : `${name}_${key}`, within, add, depth + 1);
    if (tooDeep !== undefined) return tooDeep;
  }
  return undefined;
}
