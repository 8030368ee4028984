import type { PluginKind } from "../plugin/index.ts";
import type { Position } from "./diagnostic.ts";
import type { Findings } from "./findings.ts";
import { readSettings, report } from "./item-settings.ts";
import type { PluginCatalog } from "./plugin-catalog.ts";
import { COMMON_SHAPES } from "./plugin-module.ts";
import type { PluginOf } from "./tree-plugins.ts";
import { type MapNode, type TextNode, type Tree, without } from "./tree.ts";

/** What reading the items of a configuration needs. */
export interface Reading {
  readonly findings: Findings;
  readonly catalog: PluginCatalog;
  /** The ids of all inputs, also of those that are not right; undefined when they are not all known. */
  readonly inputIds: readonly string[] | undefined;
}

/** What stands under an id, or in a list: a plugin's type and settings. */
export interface Item<Kind extends PluginKind> {
  readonly plugin: PluginOf[Kind];
  readonly identity: string;
  /** The settings that every plugin of the kind has, validated. */
  readonly common: Readonly<Record<string, unknown>>;
  /** The plugin's own, validated. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/**
 * Reads an input, decoder, processor or output; undefined, with diagnostics, when it is not right.
 * @param owner where the item's own key stands
 * @param apart keys of the kind that are read elsewhere
 */
export async function readItem<Kind extends PluginKind>(
  kind: Kind,
  tree: Tree,
  owner: Position,
  { findings, catalog }: Reading,
  apart: readonly string[] = [],
): Promise<Item<Kind> | undefined> {
  if (tree.kind !== "map") {
    const indent = tree.kind === "nothing" ? "; they stand below it, indented deeper" : "";
    const message = `expected a map with the ${kind}'s type and settings, found ${nameOf(tree)}${indent}`;
    report([{ path: [], code: "wrong-type", message }], tree, owner, findings);
    return undefined;
  }
  const name = typeOf(tree);
  const found = name === undefined ? undefined : await catalog.find(kind, name, findings);
  if (!tree.entries.has("type") && tree.broken !== true) {
    const message = `type is required: one of ${catalog.names(kind).join(", ")}`;
    findings.error(owner, "missing-setting", message);
  }
  const own = found?.plugin.settings ?? {};
  const shape = { ...COMMON_SHAPES[kind], ...own };
  const values = readSettings(shape, without(tree, apart), owner, findings, ({ code, path }) =>
    found === undefined ? code === "unknown-key" || (!tree.entries.has("type") && path[0] === "type") : false,
  );
  if (found === undefined || values === undefined) return undefined;
  const entries = Object.entries(values);
  const settings = Object.fromEntries(entries.filter(([key]) => Object.hasOwn(own, key)));
  const common = Object.fromEntries(entries.filter(([key]) => !Object.hasOwn(own, key)));
  return passesCheck(found.plugin, settings, tree, owner, findings) ? { ...found, common, settings } : undefined;
}

function typeOf(tree: MapNode): TextNode | undefined {
  const type = tree.entries.get("type")?.value;
  return type?.kind === "text" && type.broken !== true ? type : undefined;
}

/** A kind of value, for people. */
export function nameOf(tree: Tree): string {
  return { text: "text", nothing: "nothing", list: "a list", map: "a map" }[tree.kind];
}

/** Runs the plugin's own check; false when that found an error. */
function passesCheck(
  plugin: PluginOf[PluginKind],
  settings: unknown,
  tree: Tree,
  owner: Position,
  findings: Findings,
): boolean {
  const problems = guarded(plugin, owner, findings, () => plugin.check?.(settings as never) ?? []);
  report(problems ?? [], tree, owner, findings);
  return problems?.every(({ severity }) => severity === "warning") ?? false;
}

/** Calls a plugin; when it throws, that is a diagnostic, and the result undefined. */
export function guarded<T>(
  { kind, name }: PluginOf[PluginKind],
  owner: Position,
  findings: Findings,
  call: () => T,
): T | undefined {
  try {
    return call();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    findings.error(owner, "plugin-failed", `the ${kind} ${name} failed: ${reason}`);
    return undefined;
  }
}
