import { parse } from "yaml";
import type { AnyPlugin, PluginKind } from "../plugin/index.ts";
import { group, type SettingsOf, type SettingsShape, validate } from "../schema/index.ts";

/** The keys that the agent itself reads, beside the plugin's own. */
export const COMMON_KEYS: Readonly<Record<PluginKind, readonly string[]>> = {
  input: ["type", "tags", "decode", "thin", "max_reading"],
  decoder: ["type"],
  processor: ["type", "id", "from"],
  output: ["type", "from", "when", "processors", "batch", "start", "backlog", "limits", "required"],
};

export type Tree = Readonly<Record<string, unknown>>;

/** The plugin's own keys of an example: with `failsafe` every scalar is its text, as settings take it. */
export function readExample(plugin: AnyPlugin, example: string, schema: "failsafe" | "core"): Tree {
  const tree: unknown = parse(example, { schema });
  if (typeof tree !== "object" || tree === null || Array.isArray(tree))
    throw new Error(`the example is no map:\n${example}`);
  const common = COMMON_KEYS[plugin.kind];
  return Object.fromEntries(Object.entries(tree).filter(([key]) => !common.includes(key)));
}

/** @throws Error with every problem, those of the plugin's own check too */
export function settingsOf<Shape extends SettingsShape>(
  plugin: AnyPlugin & { readonly settings: Shape },
  example: string,
): SettingsOf<Shape> {
  const read = validate(group(plugin.settings, "Settings."), readExample(plugin, example, "failsafe"));
  const problems = read.problems ?? plugin.check?.(read.value) ?? [];
  const errors = problems.filter(({ severity }) => severity !== "warning");
  if (read.problems !== undefined || errors.length > 0) {
    const said = errors.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw new Error(`the example is refused:\n${example}\n${said.join("\n")}`);
  }
  return read.value as unknown as SettingsOf<Shape>;
}

/** Every key and scalar of an example: names that the plugin is likely to look for. */
export function wordsOf(tree: unknown): string[] {
  if (typeof tree !== "object" || tree === null) return [String(tree)];
  return Object.entries(tree).flatMap(([key, value]) => [...(Array.isArray(tree) ? [] : [key]), ...wordsOf(value)]);
}
