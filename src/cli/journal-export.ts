import { type Command, Option } from "commander";
import type { EntriesWanted, Entry } from "../agent/index.ts";
import { entryJson, payloadLine } from "./entry-text.ts";
import { type ConfigOptions, withConfig } from "./options.ts";
import { parsePlace, PLACE } from "./places.ts";
import { printEntries } from "./print-entries.ts";

interface ExportOptions extends ConfigOptions {
  readonly from?: string;
  readonly to?: string;
  readonly input?: string;
  readonly channel?: string;
  readonly marks?: boolean;
  readonly format: "json" | "payload";
}

/** `fieldline journal export`. */
export function addExport(journal: Command): void {
  withConfig(journal.command("export"))
    .description("print the readings, oldest first, one a line; damage that is passed over is told on stderr")
    .option("--from <place>", `the first: ${PLACE}`)
    .option("--to <place>", "the one after the last; left out: all there are when it begins")
    .option("--input <id>", "of this input only")
    .option("--channel <filter>", "of channels that match, such as bbq/+/temp or bbq/#")
    .option("--marks", "the agent's own marks too: start, stop, clock_step and tick")
    .addOption(
      new Option("--format <format>", "lines of JSON, or the payloads' bytes, each with a line feed")
        .choices(["json", "payload"])
        .default("json"),
    )
    .action(exportReadings);
}

async function exportReadings(options: ExportOptions): Promise<void> {
  const { config, input, channel, marks = false, format } = options;
  const from = options.from === undefined ? undefined : await parsePlace(options.from, "--from");
  const to = options.to === undefined ? undefined : await parsePlace(options.to, "--to");
  const wanted: EntriesWanted = { from, to, input, channel, marks: marks && format === "json" };
  await printEntries(config, wanted, format === "json" ? entryJson : payloadOf, "stopped before all was exported");
}

function payloadOf(entry: Entry): Uint8Array {
  return entry.kind === "reading" ? payloadLine(entry.payload) : new Uint8Array();
}
