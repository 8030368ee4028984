import type { Position } from "./diagnostic.ts";

/** A value of a configuration and where it stands. Aliases and merges are resolved: their values stand where they were written. */
export type Tree = TextNode | NothingNode | ListNode | MapNode;

interface Placed {
  readonly at: Position;
  /** The folder of its file, from which relative paths start. */
  readonly folder: string;
  /** It is reported already; what stands here says nothing. */
  readonly broken?: boolean;
}
export interface TextNode extends Placed {
  readonly kind: "text";
  readonly text: string;
  /** A variable or a file gave it: nobody may see it. */
  readonly hidden: boolean;
}
export interface NothingNode extends Placed {
  readonly kind: "nothing";
  /** A comment follows: an unquoted # may have been meant as text. */
  readonly comment: boolean;
}
export interface ListNode extends Placed {
  readonly kind: "list";
  readonly items: readonly Tree[];
}
export interface MapNode extends Placed {
  readonly kind: "map";
  readonly entries: ReadonlyMap<string, Entry>;
  /** The text as it was written, when it looks like `{name}` that wanted quotes. */
  readonly braces?: string;
}
export interface Entry {
  /** Where the key stands. */
  readonly key: Position;
  readonly value: Tree;
}

export type Path = readonly (string | number)[];

/** The tree as plain values: texts, lists, maps; null for nothing. */
export function plain(tree: Tree): unknown {
  if (tree.kind === "text") return tree.text;
  if (tree.kind === "nothing") return null;
  if (tree.kind === "list") return tree.items.map(plain);
  return Object.fromEntries([...tree.entries].map(([key, { value }]) => [key, plain(value)]));
}

/** The map without some of its keys. */
export function without(map: MapNode, keys: readonly string[]): MapNode {
  return { ...map, entries: new Map([...map.entries].filter(([key]) => !keys.includes(key))) };
}

/** The value of a key of a map. */
export function childOf(tree: Tree | undefined, key: string | number): Tree | undefined {
  if (tree?.kind === "map") return tree.entries.get(String(key))?.value;
  return tree?.kind === "list" ? tree.items[Number(key)] : undefined;
}

export interface Located {
  readonly at: Position;
  /** The deepest value on the way to the path; the path's own when it is there. */
  readonly tree: Tree;
  readonly found: boolean;
  /** Something on the way is reported already. */
  readonly broken: boolean;
}

/**
 * Finds a path in a tree: the place of its value, or of its last key with `atKey`; for what is missing the key of the
 * map that lacks it.
 * @param owner where the tree's own key stands
 */
export function locate(tree: Tree, path: Path, owner: Position, atKey = false): Located {
  let here = tree;
  let key = owner;
  let broken = tree.broken === true;
  for (const step of path) {
    const next = childOf(here, step);
    if (next === undefined) return { at: key, tree: here, found: false, broken };
    key = here.kind === "map" ? (here.entries.get(String(step))?.key ?? key) : next.at;
    here = next;
    broken ||= next.broken === true;
  }
  return { at: atKey ? key : path.length === 0 ? key : here.at, tree: here, found: true, broken };
}

/** Visits every text of a tree with its path. */
export function visitTexts(tree: Tree, visit: (node: TextNode, path: Path) => void, path: Path = []): void {
  if (tree.kind === "text") visit(tree, path);
  else if (tree.kind === "list") for (const [at, item] of tree.items.entries()) visitTexts(item, visit, [...path, at]);
  else if (tree.kind === "map") for (const [key, { value }] of tree.entries) visitTexts(value, visit, [...path, key]);
}
