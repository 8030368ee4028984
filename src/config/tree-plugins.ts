import { readdirSync } from "node:fs";
import { extname } from "node:path";
import type { AnyPlugin, PluginKind } from "../plugin/index.ts";
import { hookImports } from "./resolve-hook.ts";

export const PLUGIN_KINDS = ["input", "decoder", "processor", "output"] as const satisfies readonly PluginKind[];

const ROOT = new URL("../../plugins/", import.meta.url);
const EXTENSION = extname(new URL(import.meta.url).pathname);

/** The plugin of each kind. */
export interface PluginOf {
  input: Extract<AnyPlugin, { kind: "input" }>;
  decoder: Extract<AnyPlugin, { kind: "decoder" }>;
  processor: Extract<AnyPlugin, { kind: "processor" }>;
  output: Extract<AnyPlugin, { kind: "output" }>;
}

const indexOf = (kind: PluginKind, name: string) => new URL(`${kind}s/${name}/index${EXTENSION}`, ROOT);

const names = new Map<PluginKind, readonly string[]>();

/** The names of the plugins of a kind that come with Fieldline, in alphabetical order. */
export function treePluginNames(kind: PluginKind): readonly string[] {
  let found = names.get(kind);
  if (found === undefined) {
    found = readdirSync(new URL(`${kind}s/`, ROOT), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .toSorted();
    names.set(kind, found);
  }
  return found;
}

/** Loads one plugin that comes with Fieldline, and with it only the packages that it needs. */
export async function loadTreePlugin<Kind extends PluginKind>(kind: Kind, name: string): Promise<PluginOf[Kind]> {
  hookImports();
  const module = (await import(indexOf(kind, name).href)) as { default: PluginOf[Kind] };
  return module.default;
}

/** Every plugin that comes with Fieldline, by kind and name. */
export async function loadTreePlugins(): Promise<readonly AnyPlugin[]> {
  const all = PLUGIN_KINDS.flatMap((kind) => treePluginNames(kind).map(async (name) => loadTreePlugin(kind, name)));
  return Promise.all(all);
}
