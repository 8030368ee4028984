import type { Command } from "commander";
import type { ListedReject, RejectsLine, RejectsRequest } from "../agent/index.ts";
import { loadOrExplain } from "./load.ts";
import { type ConfigOptions, withConfig } from "./options.ts";
import { droppedLine, entryLine, entryPage, fieldOf, readingPage, retriedLine } from "./rejects-text.ts";
import { RequestError } from "./request-error.ts";
import { onSignals } from "./signals.ts";
import { writeOut } from "./stdout.ts";

interface ListOptions extends ConfigOptions {
  readonly output?: string;
  readonly json?: boolean;
}

interface AllOptions extends ConfigOptions {
  readonly all?: boolean;
}

/** `fieldline rejects`: what could not be delivered, and what is to become of it. */
export function addRejects(program: Command): void {
  const command = program.command("rejects").description("list, show, retry or drop what no retry could save");
  withConfig(command.command("list"))
    .description("print one line for each entry of like rejects, the newest last")
    .option("--output <id>", "of this output only")
    .option("--json", "print the entries as a JSON array")
    .action(list);
  withConfig(command.command("show <entry>"))
    .description("print an entry, such as influx/3, with its readings")
    .action(show);
  withConfig(command.command("retry [entry]"))
    .description(
      "run the readings of an entry through the agent's present configuration again and deliver them; a reading's good points may be delivered twice, and overwrite themselves",
    )
    .option("--all", "of every entry")
    .action((entry: string | undefined, options: AllOptions) => change("retry", entry, options));
  withConfig(command.command("drop [entry]"))
    .description("forget an entry; its readings stay in the journal as long as any")
    .option("--all", "every entry")
    .action((entry: string | undefined, options: AllOptions) => change("drop", entry, options));
}

async function list({ config, output, json }: ListOptions): Promise<void> {
  const entries: ListedReject[] = [];
  const asked = await ask(config, { command: "rejects", action: "list", output }, (line) => {
    if ("entry" in line) entries.push(line.entry);
  });
  if (!asked) return;
  const print = writeOut(() => {});
  if (json === true) print(`${JSON.stringify(entries, null, 2)}\n`);
  else for (const entry of entries) print(entryLine(entry));
  const whose = output === undefined ? "" : ` of output ${fieldOf(output)}`;
  if (json !== true && entries.length === 0) process.stderr.write(`there are no rejects${whose}\n`);
}

async function show(entry: string, { config }: ConfigOptions): Promise<void> {
  const { fromLine } = await import("../agent/index.ts");
  const print = writeOut(() => {});
  let count = 0;
  let readings = 0;
  const request: RejectsRequest = { command: "rejects", action: "show", ...parseEntry(entry) };
  const asked = await ask(config, request, (line) => {
    if ("entry" in line) {
      ({ count } = line.entry);
      print(entryPage(line.entry));
    }
    if (!("reading" in line)) return;
    readings += 1;
    print(readingPage(fromLine(line.reading as Record<string, unknown>)));
  });
  if (!asked) return;
  if (readings === 0) process.stderr.write("its readings are no longer in the journal\n");
  else if (readings < count) process.stderr.write(`${readings} of its readings are shown\n`);
}

async function change(action: "retry" | "drop", entry: string | undefined, options: AllOptions): Promise<void> {
  if ((entry === undefined) === (options.all !== true)) {
    throw new RequestError(`name one entry, such as influx/3, or --all; see fieldline rejects ${action} --help`);
  }
  const print = writeOut(() => {});
  let count = 0;
  const which = entry === undefined ? {} : parseEntry(entry);
  const asked = await ask(options.config, { command: "rejects", action, ...which }, (line) => {
    if ("dropped" in line) print(droppedLine(line.dropped));
    if ("retried" in line) {
      print(retriedLine(line.entry, line.retried));
      if (line.retried.kept !== undefined) process.exitCode = 2;
    }
    count += 1;
  });
  if (asked && count === 0) process.stderr.write("there are no rejects\n");
}

/**
 * Has each line of the answer looked at, but for the end and problems: these are said on stderr.
 * @returns whether all went well so far that there is something to add
 */
async function ask(config: string, request: RejectsRequest, take: (line: RejectsLine) => void): Promise<boolean> {
  const plan = await loadOrExplain(config);
  if (plan === undefined) {
    process.exitCode = 1;
    return false;
  }
  const { askRejects } = await import("../agent/index.ts");
  const end = new AbortController();
  const release = onSignals({ stop: () => end.abort() });
  let well = true;
  try {
    for await (const line of askRejects(plan.agent.dataDir, request, end.signal)) {
      if ("problem" in line) {
        well = false;
        process.stderr.write(`fieldline: ${line.problem}\n`);
        process.exitCode = line.wrong ? 1 : 2;
      } else if (!("done" in line)) take(line);
    }
  } finally {
    release();
  }
  if (!end.signal.aborted) return well;
  process.stderr.write("fieldline: stopped; what was not done is kept\n");
  process.exitCode = 2;
  return false;
}

/** @throws RequestError for what is not OUTPUT/NUMBER */
function parseEntry(text: string): { readonly output: string; readonly id: number } {
  const [, output, id] = /^([^/]+)\/(\d{1,15})$/.exec(text) ?? [];
  if (output === undefined) {
    throw new RequestError(
      `${text} names no entry: write OUTPUT/NUMBER, such as influx/3, as fieldline rejects list does`,
    );
  }
  return { output, id: Number(id) };
}
