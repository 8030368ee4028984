import type { Command } from "commander";
import { writeOut } from "./stdout.ts";

/** `fieldline plugins`: what there is, and what each plugin can be told. */
export function addPlugins(program: Command): void {
  const command = program.command("plugins").description("list the plugins").action(listPlugins);
  command.command("describe <name>").description("print a plugin's settings, defaults and examples").action(describe);
}

async function listPlugins(): Promise<void> {
  const { loadTreePlugins } = await import("../config/index.ts");
  const rows = (await loadTreePlugins()).map(({ kind, name, summary }) => [kind, name, summary] as const);
  const width = (column: 0 | 1) => Math.max(...rows.map((row) => row[column].length));
  const [kinds, names] = [width(0), width(1)];
  const lines = rows.map(([kind, name, summary]) => `${kind.padEnd(kinds)}  ${name.padEnd(names)}  ${summary}\n`);
  writeOut(() => {})(lines.join(""));
}

async function describe(name: string): Promise<void> {
  const { loadTreePlugin, nameSuggestion, PLUGIN_KINDS, pluginPage, treePluginNames } =
    await import("../config/index.ts");
  const kinds = PLUGIN_KINDS.filter((kind) => treePluginNames(kind).includes(name));
  if (kinds.length === 0) {
    process.stderr.write(`fieldline: there is no plugin "${name}"${nameSuggestion(name)}\n`);
    process.exitCode = 1;
    return;
  }
  const pages = await Promise.all(kinds.map(async (kind) => pluginPage(await loadTreePlugin(kind, name))));
  writeOut(() => {})(pages.join("\n"));
}
