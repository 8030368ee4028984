import { Setting, type SettingsShape } from "./setting.ts";

/** One row of a plugin's table of settings. */
export interface SettingRow {
  /** Dotted for settings within a group, as `usb.vendor`, or within each of a list, as `sensors[].pin`. */
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly required: boolean;
  /** As it would be written in the file. */
  readonly default?: unknown;
  readonly secret: boolean;
}

/** The keys within a setting that is a group or a list of groups, or may be written as one, and what stands before them. */
function within({ structure }: Setting, name: string): { shape: SettingsShape; prefix: string } | undefined {
  if (structure.kind === "group") return { shape: structure.shape, prefix: `${name}.` };
  if (structure.kind === "list") return within(structure.item, `${name}[]`);
  const map = structure.kind === "either" ? structure.forms.map : undefined;
  return map === undefined ? undefined : within(map, name);
}

/**
 * The rows of a table of settings, groups and lists of groups followed by their keys.
 * @throws Error for a setting that was not made by this room's declarations
 */
export function describeSettings(shape: SettingsShape, prefix = ""): SettingRow[] {
  return Object.entries(shape).flatMap(([key, setting]) => {
    if (!(setting instanceof Setting))
      throw new Error("a setting has no description: declare it with the functions of fieldline/plugin");
    const { required, default: value, meta } = setting;
    const { label, description, secret = false } = meta;
    const row = {
      name: prefix + key,
      label,
      description,
      required,
      secret,
      ...(value === undefined ? {} : { default: value }),
    };
    const inner = within(setting, row.name);
    return inner === undefined ? [row] : [row, ...describeSettings(inner.shape, inner.prefix)];
  });
}
