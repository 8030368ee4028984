import type { AnyPlugin, PluginKind } from "../plugin/index.ts";
import { suggestion } from "../schema/index.ts";
import type { Findings } from "./findings.ts";
import { loadPluginModule, PluginProblem } from "./plugin-module.ts";
import type { TextNode } from "./tree.ts";
import { loadTreePlugin, PLUGIN_KINDS, type PluginOf, treePluginNames } from "./tree-plugins.ts";

/** A plugin and where it came from. */
export interface Found<Kind extends PluginKind> {
  readonly plugin: PluginOf[Kind];
  /** Changes when its code does. */
  readonly identity: string;
}

/** The plugins that a configuration can name: those that come with Fieldline, and those of its list `plugins`. */
export class PluginCatalog {
  readonly #added = new Map<string, Found<PluginKind>>();
  /** A module of the list did not load: a name that is not known may have been its. */
  #incomplete = false;

  /** Adds the modules that the list `plugins` names. */
  async add(specifiers: readonly TextNode[], findings: Findings): Promise<void> {
    for (const { text, at, folder, broken } of specifiers) {
      if (broken === true) continue;
      try {
        const { identity, plugins } = await loadPluginModule(text, folder);
        for (const plugin of plugins) this.#enter(plugin, identity, text);
      } catch (error) {
        if (!(error instanceof PluginProblem)) throw error;
        this.#incomplete = true;
        findings.error(at, error.code, error.message);
      }
    }
  }

  #enter(plugin: AnyPlugin, identity: string, specifier: string): void {
    const key = `${plugin.kind} ${plugin.name}`;
    const other = this.#added.get(key);
    if (other?.identity === identity) return;
    if (other !== undefined || treePluginNames(plugin.kind).includes(plugin.name)) {
      const owner = other === undefined ? "Fieldline" : "another entry of this list";
      throw new PluginProblem("plugin-clash", `"${specifier}" has the ${key}, which ${owner} has too`);
    }
    this.#added.set(key, { plugin, identity });
  }

  /** Those of the list `plugins`. */
  get added(): readonly AnyPlugin[] {
    return [...this.#added.values()].map(({ plugin }) => plugin);
  }

  /** The names of the plugins of a kind, in alphabetical order. */
  names(kind: PluginKind): readonly string[] {
    const added = [...this.#added.values()].filter(({ plugin }) => plugin.kind === kind);
    return [...treePluginNames(kind), ...added.map(({ plugin }) => plugin.name)].toSorted();
  }

  /** The plugin that a setting names; undefined, and a diagnostic at the setting, when there is none. */
  async find<Kind extends PluginKind>(
    kind: Kind,
    name: TextNode,
    findings: Findings,
  ): Promise<Found<Kind> | undefined> {
    const added = this.#added.get(`${kind} ${name.text}`);
    if (added !== undefined) return added as Found<Kind>;
    if (treePluginNames(kind).includes(name.text)) {
      try {
        return { plugin: await loadTreePlugin(kind, name.text), identity: "fieldline" };
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        findings.error(name.at, "plugin-failed", `the ${kind} ${name.text} cannot be loaded: ${reason}`);
        return undefined;
      }
    }
    if (!this.#incomplete) findings.error(name.at, "unknown-plugin", this.#unknown(kind, name.text));
    return undefined;
  }

  #unknown(kind: PluginKind, name: string): string {
    const other = PLUGIN_KINDS.find((each) => each !== kind && this.names(each).includes(name));
    const strange =
      other === undefined ? "" : `; "${name}" is ${other === "decoder" || other === "processor" ? "a" : "an"} ${other}`;
    return `there is no ${kind} "${name}"${strange}${suggestion(name, this.names(kind))}`;
  }
}
