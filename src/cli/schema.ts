import type { Command } from "commander";
import { loadAdded } from "./load.ts";
import { type AddedPluginsOptions, withAddedPlugins } from "./options.ts";
import { writeOut } from "./stdout.ts";

/** `fieldline schema`: what editors check and complete a configuration by. */
export function addSchema(program: Command): void {
  withAddedPlugins(program.command("schema"))
    .description("print the JSON Schema of the configuration, for editors: # yaml-language-server: $schema=FILE")
    .action(printSchema);
}

async function printSchema({ config }: AddedPluginsOptions): Promise<void> {
  const added = await loadAdded(config);
  if (added === undefined) return;
  const { fileSchema } = await import("../config/index.ts");
  writeOut(() => {})(`${JSON.stringify(await fileSchema(added), null, 2)}\n`);
}
