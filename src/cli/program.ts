import { createRequire } from "node:module";
import { Command, CommanderError } from "commander";
import { addBoards } from "./boards.ts";
import { addCheck } from "./check.ts";
import { addDemo } from "./demo.ts";
import { addFlash } from "./flash.ts";
import { addJournal } from "./journal.ts";
import { addPlugins } from "./plugins.ts";
import { addRejects } from "./rejects.ts";
import { RequestError } from "./request-error.ts";
import { addRun } from "./run.ts";
import { addSchema } from "./schema.ts";
import { addTry } from "./try.ts";

/** All commands. Each adds itself; what it does is imported when it is called. */
export function createProgram(): Command {
  const program = new Command("fieldline")
    .description("Takes readings from MQTT and Arduino boards to any time-series store, and loses none on the way.")
    .version(readVersion(), "-v, --version")
    .showHelpAfterError("(see fieldline --help)")
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "fieldline: ")) })
    .exitOverride();
  for (const add of [
    addRun,
    addCheck,
    addTry,
    addDemo,
    addFlash,
    addBoards,
    addJournal,
    addRejects,
    addPlugins,
    addSchema,
  ])
    add(program);
  return program;
}

/** Runs a command line. Exit status: 0 done, 1 the configuration or the request is wrong, 2 it failed while running. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    await createProgram().parseAsync([...argv]);
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 1;
      return;
    }
    process.stderr.write(`fieldline: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = error instanceof RequestError ? 1 : 2;
  }
}

/** The package knows itself by its name, from src/ as from dist/. */
function readVersion(): string {
  const manifest = createRequire(import.meta.url)("fieldline/package.json") as { readonly version: string };
  return manifest.version;
}
