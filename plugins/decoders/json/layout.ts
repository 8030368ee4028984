import { excerpt, type FieldType } from "fieldline/plugin";
import { flatten, type LeftOut } from "./flatten.ts";
import { nameOf, type Path, valueAt } from "./path.ts";
import type { Places } from "./places.ts";
import type { Selection } from "./selection.ts";
import { isList, isSlot, type Slot, type Tree } from "./tree.ts";

/** What becomes of the scalars of all documents that are alike but for these. */
export interface Layout {
  readonly points: readonly PointLayout[];
  /** Why there are no points. */
  readonly reason?: string | undefined;
}

/** Where the parts of one point are, or why a part cannot be there. */
export interface PointLayout {
  /** Put before reasons: which entry of a list it is. */
  readonly place: string;
  readonly time?: Slot | string | undefined;
  readonly tags: readonly { readonly name: string; readonly slot: Slot | undefined }[];
  readonly fields: readonly (FieldLayout | string)[];
}

export interface FieldLayout {
  /** Undefined for a document that is a lone value. */
  readonly name: string | undefined;
  readonly slot: Slot;
  readonly type: FieldType | undefined;
  /** Another value of this point would have the same name. */
  readonly again: boolean;
}

/** What a selection takes of documents like `root`. */
export function layoutOf(root: Tree, selection: Selection): Layout {
  const { each } = selection;
  const readings = each === undefined ? root : valueAt(each, root, root);
  if (readings !== undefined && isList(readings))
    return { points: readings.map((reading, index) => pointLayout(reading, root, selection, `entry ${index}: `)) };
  if (each === undefined) return { points: [pointLayout(root, root, selection, "")] };
  return { points: [], reason: `there is no list at ${excerpt(nameOf(each))}` };
}

function pointLayout(reading: Tree, root: Tree, selection: Selection, place: string): PointLayout {
  const { time, tags } = selection;
  return {
    place,
    time: time === undefined ? undefined : timeLayout(time.path, reading, root),
    tags: tagLayouts(tags, reading, root),
    fields: fieldLayouts(selection, reading, root),
  };
}

function timeLayout(path: Path, reading: Tree, root: Tree): Slot | string | undefined {
  const found = valueAt(path, reading, root);
  return found === undefined || isSlot(found) ? found : "a list or map";
}

function tagLayouts(places: Places, reading: Tree, root: Tree): PointLayout["tags"] {
  return [...places].flatMap(([name, path]) => {
    const found = valueAt(path, reading, root);
    return found === undefined ? [] : [{ name, slot: isSlot(found) ? found : undefined }];
  });
}

function fieldLayouts({ fields: places, leftOut, types }: Selection, reading: Tree, root: Tree): PointLayout["fields"] {
  const fields: (FieldLayout | string)[] = [];
  const names = new Set<string>();
  const add = (name: string, slot: Slot) => {
    fields.push({ name, slot, type: types.get(name), again: names.has(name) });
    names.add(name);
  };
  const addAll = (value: Tree, name: string, without?: LeftOut) => {
    const tooDeep = flatten(value, name, without, add);
    if (tooDeep !== undefined) fields.push(`the field ${excerpt(tooDeep)} is nested too deeply`);
  };
  if (places === undefined && isSlot(reading))
    return [{ name: undefined, slot: reading, type: undefined, again: false }];
  if (places === undefined) addAll(reading, "", leftOut);
  else
    for (const [name, path] of places) {
      const found = valueAt(path, reading, root);
      if (found !== undefined) addAll(found, name);
    }
  return fields;
}
