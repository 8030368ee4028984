import type { Path, Setting, SettingMeta } from "./setting.ts";
import { formOf } from "./structures.ts";

type Change = (text: string, meta: SettingMeta, path: Path) => string;

/** A tree of text scalars with every scalar that a setting declares changed by `change`; all else stays as it is. */
export function mapScalars({ structure, meta }: Setting, tree: unknown, change: Change, path: Path = []): unknown {
  if (structure.kind === "either") {
    const form = formOf(tree, structure.forms);
    return form === undefined ? tree : mapScalars(form, tree, change, path);
  }
  if (Array.isArray(tree)) {
    if (structure.kind !== "list") return tree;
    return tree.map((item, at) => mapScalars(structure.item, item, change, [...path, at]));
  }
  if (typeof tree === "object" && tree !== null) {
    const settingOf = (key: string): Setting | undefined => {
      if (structure.kind === "dictionary") return structure.item;
      return structure.kind === "group" && Object.hasOwn(structure.shape, key) ? structure.shape[key] : undefined;
    };
    return Object.fromEntries(
      Object.entries(tree).map(([key, value]) => {
        const setting = settingOf(key);
        return [key, setting === undefined ? value : mapScalars(setting, value, change, [...path, key])];
      }),
    );
  }
  return typeof tree === "string" ? change(tree, meta, path) : tree;
}
