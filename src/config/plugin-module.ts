import { statSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { AnyPlugin } from "../plugin/index.ts";
import { describeSettings } from "../schema/index.ts";
import type { Code } from "./codes.ts";
import { hookImports, resolveFrom } from "./resolve-hook.ts";
import { decoderShape, inputShape, outputShape, processorShape } from "./settings.ts";
import { PLUGIN_KINDS } from "./tree-plugins.ts";

/** The settings that every plugin of a kind has beside its own. */
export const COMMON_SHAPES = {
  input: inputShape,
  decoder: decoderShape,
  processor: processorShape,
  output: outputShape,
} as const;

/** Plugins that did not load, and why. */
export class PluginProblem extends Error {
  override readonly name = "PluginProblem";
  readonly code: Code;

  constructor(code: Code, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** What a module of the list `plugins` gave. */
export interface PluginModule {
  /** Changes when the module does. */
  readonly identity: string;
  readonly plugins: readonly AnyPlugin[];
}

/**
 * Loads a local file or an npm package of the list `plugins`.
 * @param folder from which a relative path starts and where the package is looked for; then beside Fieldline itself
 * @throws PluginProblem
 */
export async function loadPluginModule(specifier: string, folder: string): Promise<PluginModule> {
  const url = isLocal(specifier) ? localUrl(specifier, folder) : packageUrl(specifier, folder);
  hookImports();
  let module: { default?: unknown };
  try {
    module = (await import(url)) as { default?: unknown };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new PluginProblem("plugin-failed", `"${specifier}" cannot be loaded: ${message}`, error);
  }
  const exported = Array.isArray(module.default) ? (module.default as unknown[]) : [module.default];
  for (const plugin of exported) {
    const fault = faultOf(plugin);
    if (fault !== undefined) throw new PluginProblem("not-a-plugin", `"${specifier}" is not a plugin: ${fault}`);
  }
  return { identity: url, plugins: exported as AnyPlugin[] };
}

function isLocal(specifier: string): boolean {
  return /^\.{1,2}[/\\]/.test(specifier) || isAbsolute(specifier) || /^[^@/][^/]*\.[cm]?[jt]s$/.test(specifier);
}

/** With the time of its last change, so that a reload sees a changed file. */
function localUrl(specifier: string, folder: string): string {
  const file = resolve(folder, specifier);
  const changed = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  if (changed === undefined) throw new PluginProblem("missing-plugin", `there is no file "${specifier}"`);
  return `${pathToFileURL(file).href}?changed=${changed}`;
}

function packageUrl(specifier: string, folder: string): string {
  for (const parent of [pathToFileURL(resolve(folder, "fieldline.yaml")), new URL(import.meta.url)]) {
    try {
      return resolveFrom(specifier, parent);
    } catch {
      // not installed there
    }
  }
  const message = `the package "${specifier}" is not installed; in the configuration's folder run: npm install ${specifier}`;
  throw new PluginProblem("missing-plugin", message);
}

/** What a value lacks to be a plugin. */
function faultOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null)
    return "its default export must be what defineInput, defineDecoder, defineProcessor or defineOutput returned";
  const plugin = value as Partial<Record<keyof AnyPlugin, unknown>>;
  const kind = PLUGIN_KINDS.find((each) => each === plugin.kind);
  if (kind === undefined) return `its kind is none of ${PLUGIN_KINDS.join(", ")}`;
  if (typeof plugin.name !== "string" || !/^[a-z][a-z0-9_]*$/.test(plugin.name))
    return "its name must be lower-case letters, digits and underscores";
  if (typeof plugin.summary !== "string" || plugin.summary === "") return "it has no summary";
  if (typeof plugin.create !== "function") return "it has no function create";
  if (!Array.isArray(plugin.examples) || plugin.examples.length === 0) return "it has no examples";
  if (typeof plugin.settings !== "object" || plugin.settings === null) return "it declares no settings";
  const taken = Object.keys(plugin.settings).find((key) => Object.hasOwn(COMMON_SHAPES[kind], key));
  if (taken !== undefined) return `its setting "${taken}" is one that every ${kind} has`;
  try {
    describeSettings((plugin as AnyPlugin).settings);
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}
