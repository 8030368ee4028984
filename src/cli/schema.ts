import type { Command } from "commander";
import { writeOut } from "./stdout.ts";

/** `fieldline schema`: what editors check and complete a configuration by. */
export function addSchema(program: Command): void {
  program
    .command("schema")
    .description("print the JSON Schema of the configuration, for editors: # yaml-language-server: $schema=FILE")
    .action(printSchema);
}

async function printSchema(): Promise<void> {
  const { fileSchema } = await import("../config/index.ts");
  writeOut(() => {})(`${JSON.stringify(await fileSchema(), null, 2)}\n`);
}
