import type { Command } from "commander";
import { loadAdded } from "./load.ts";
import { type AddedPluginsOptions, withAddedPlugins } from "./options.ts";
import { RequestError } from "./request-error.ts";
import { writeOut } from "./stdout.ts";

/** `fieldline plugins`: what there is, and what each plugin can be told. */
export function addPlugins(program: Command): void {
  const command = withAddedPlugins(program.command("plugins")).description("list the plugins").action(listPlugins);
  withAddedPlugins(command.command("describe <name>"))
    .description("print a plugin's settings, defaults and examples")
    .action((name: string, _options: AddedPluginsOptions, itself: Command) =>
      describe(name, itself.optsWithGlobals<AddedPluginsOptions>()),
    );
}

async function listPlugins({ config }: AddedPluginsOptions): Promise<void> {
  const added = await loadAdded(config);
  if (added === undefined) return;
  const { loadTreePlugins } = await import("../config/index.ts");
  const rows = [...(await loadTreePlugins()), ...added].map(
    ({ kind, name, summary }) => [kind, name, summary] as const,
  );
  const width = (column: 0 | 1) => Math.max(...rows.map((row) => row[column].length));
  const [kinds, names] = [width(0), width(1)];
  const lines = rows.map(([kind, name, summary]) => `${kind.padEnd(kinds)}  ${name.padEnd(names)}  ${summary}\n`);
  writeOut(() => {})(lines.join(""));
}

async function describe(name: string, { config }: AddedPluginsOptions): Promise<void> {
  const added = await loadAdded(config);
  if (added === undefined) return;
  const { loadTreePlugin, PLUGIN_KINDS, pluginPage, suggestion, treePluginNames } = await import("../config/index.ts");
  const own = PLUGIN_KINDS.filter((kind) => treePluginNames(kind).includes(name));
  const found = [
    ...(await Promise.all(own.map((kind) => loadTreePlugin(kind, name)))),
    ...added.filter((plugin) => plugin.name === name),
  ];
  if (found.length === 0) {
    const names = new Set([...PLUGIN_KINDS.flatMap(treePluginNames), ...added.map((plugin) => plugin.name)]);
    throw new RequestError(`there is no plugin "${name}"${suggestion(name, [...names])}`);
  }
  writeOut(() => {})(found.map(pluginPage).join("\n"));
}
