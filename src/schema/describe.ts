import type { z } from "zod";
import { type SettingMeta, type SettingsShape, settingForms, settingMeta } from "./settings.ts";

/** One row of a plugin's table of settings. */
export interface SettingRow {
  /** Dotted for settings within a group, as `usb.vendor`. */
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly required: boolean;
  /** As it would be written in the file. */
  readonly default?: unknown;
  readonly secret: boolean;
}

interface Unwrapped {
  readonly schema: z.ZodType;
  readonly required: boolean;
  readonly default: unknown;
}

/** Takes `.optional()` and `.prefault()` off a setting and says what they said. */
export function unwrap(schema: z.ZodType): Unwrapped {
  const def = schema._zod.def as z.core.$ZodTypeDef & { innerType?: z.ZodType; defaultValue?: unknown };
  if (def.innerType === undefined) return { schema, required: true, default: undefined };
  const inner = unwrap(def.innerType);
  return { schema: inner.schema, required: false, default: def.type === "prefault" ? def.defaultValue : inner.default };
}

/** What a setting says of itself. @throws Error for a schema that was not made by this room's declarations */
export function metaOf(schema: z.ZodType): SettingMeta {
  const meta = settingMeta.get(unwrap(schema).schema);
  if (meta === undefined)
    throw new Error("a setting has no description: declare it with the functions of fieldline/plugin");
  return meta;
}

/** The keys within a setting that is a group, or may be written as one. */
export function shapeOf(schema: z.ZodType): SettingsShape | undefined {
  const inner = unwrap(schema).schema;
  const forms = settingForms.get(inner);
  if (forms !== undefined) return forms.map === undefined ? undefined : shapeOf(forms.map);
  const def = inner._zod.def as z.core.$ZodTypeDef & { shape?: SettingsShape };
  return def.type === "object" ? def.shape : undefined;
}

/** The rows of a table of settings, groups followed by their keys. */
export function describeSettings(shape: SettingsShape, prefix = ""): SettingRow[] {
  return Object.entries(shape).flatMap(([key, setting]) => {
    const { required, default: value } = unwrap(setting);
    const { label, description, secret = false } = metaOf(setting);
    const row = {
      name: prefix + key,
      label,
      description,
      required,
      secret,
      ...(value === undefined ? {} : { default: value }),
    };
    const inner = shapeOf(setting);
    return inner === undefined ? [row] : [row, ...describeSettings(inner, `${prefix}${key}.`)];
  });
}
