import type { Command } from "commander";
import type { EntriesWanted } from "../agent/index.ts";
import { entryJson, entryLine } from "./entry-text.ts";
import { type ConfigOptions, withConfig } from "./options.ts";
import { printEntries } from "./print-entries.ts";
import { RequestError } from "./request-error.ts";

interface TailOptions extends ConfigOptions {
  readonly lines: string;
  readonly follow?: boolean;
  readonly input?: string;
  readonly channel?: string;
  readonly json?: boolean;
}

const MOST = 1_000_000;

/** `fieldline journal tail`. */
export function addTail(journal: Command): void {
  withConfig(journal.command("tail"))
    .description("print the last entries: offset, receive time, input, channel and payload, one a line")
    .option("-n, --lines <count>", "how many", "10")
    .option("-f, --follow", "go on with those to come, until Ctrl-C, also when no agent runs yet")
    .option("--input <id>", "readings of this input only")
    .option("--channel <filter>", "readings of channels that match, such as bbq/+/temp or bbq/#")
    .option("--json", "print each as a line of JSON, as export does")
    .action(tail);
}

async function tail({ config, lines, follow = false, input, channel, json = false }: TailOptions): Promise<void> {
  const last = Number(lines);
  if (!/^\d+$/.test(lines) || last > MOST)
    throw new RequestError(`-n ${lines} is no number of entries: write one from 0 to ${MOST}`);
  const wanted: EntriesWanted = { last, follow, input, channel, marks: input === undefined && channel === undefined };
  await printEntries(config, wanted, json ? entryJson : entryLine);
}
