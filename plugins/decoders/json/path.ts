import { isList, isMap, type Tree } from "./tree.ts";

/** A place in a document. */
export interface Path {
  /** From the whole document rather than from one reading of it: the path began with `$`. */
  readonly fromRoot: boolean;
  readonly keys: readonly (string | number)[];
}

/** A name, a name in double quotes, or an index; the dot before a name is left out at the start and after an index. */
const SEGMENT = /(?:^|\.)(?:([^.[\]"\s$][^.[\]"]*)|"((?:[^"\\]|\\.)*)")|\[(\d{1,9})\]/y;

/** Reads a path such as `temp.c`, `probes[0].c`, `"a.b".c` or `$.gateway`; undefined when it is none. */
export function parsePath(text: string): Path | undefined {
  const fromRoot = text.startsWith("$");
  // What follows the `$` begins as what follows a name does.
  const rest = fromRoot ? text.slice(1).replace(/^\./, "") : text;
  const keys: (string | number)[] = [];
  SEGMENT.lastIndex = 0;
  while (SEGMENT.lastIndex < rest.length) {
    const match = SEGMENT.exec(rest);
    if (match === null) return undefined;
    keys.push(match[3] === undefined ? (match[1] ?? (match[2] ?? "").replaceAll(/\\(.)/g, "$1")) : Number(match[3]));
  }
  return keys.length === 0 ? undefined : { fromRoot, keys };
}

/** The keys of a path in one name: `temp.c` is `temp_c`. */
export function nameOf(path: Path): string {
  return path.keys.join("_");
}

/** What stands there; undefined when nothing does. */
export function valueAt(path: Path, reading: Tree, root: Tree): Tree | undefined {
  let value: Tree | undefined = path.fromRoot ? root : reading;
  for (const key of path.keys) {
    if (isList(value)) value = typeof key === "number" ? value[key] : undefined;
    else if (isMap(value) && Object.hasOwn(value, key)) value = value[key];
    else return undefined;
  }
  return value;
}
