import type { z } from "zod";
import { unwrap } from "./describe.ts";
import { type SettingMeta, settingForms, settingMeta } from "./settings.ts";

type Path = readonly (string | number)[];
type Change = (text: string, meta: SettingMeta, path: Path) => string;

/** A tree of text scalars with every scalar that a setting declares changed by `change`; all else stays as it is. */
export function mapScalars(schema: z.ZodType, tree: unknown, change: Change, path: Path = []): unknown {
  const inner = unwrap(schema).schema;
  const forms = settingForms.get(inner);
  if (forms !== undefined) {
    const form = typeof tree === "string" ? forms.scalar : Array.isArray(tree) ? forms.list : forms.map;
    return form === undefined ? tree : mapScalars(form, tree, change, path);
  }
  const def = inner._zod.def as z.core.$ZodTypeDef & {
    element?: z.ZodType;
    valueType?: z.ZodType;
    shape?: Record<string, z.ZodType>;
  };
  if (Array.isArray(tree)) {
    const { element } = def;
    return element === undefined ? tree : tree.map((item, at) => mapScalars(element, item, change, [...path, at]));
  }
  if (typeof tree === "object" && tree !== null) {
    return Object.fromEntries(
      Object.entries(tree).map(([key, value]) => {
        const setting = def.shape !== undefined && Object.hasOwn(def.shape, key) ? def.shape[key] : def.valueType;
        return [key, setting === undefined ? value : mapScalars(setting, value, change, [...path, key])];
      }),
    );
  }
  const meta = settingMeta.get(inner);
  return typeof tree === "string" && meta !== undefined ? change(tree, meta, path) : tree;
}
