import type { Command } from "commander";
import type { ListedReject, RejectsLine, RejectsRequest } from "../agent/index.ts";
import type { Plan } from "../config/index.ts";
import { ask, type Question } from "./ask.ts";
import { fieldOf } from "./field-text.ts";
import { type ConfigOptions, withConfig } from "./options.ts";
import { droppedLine, entryLine, entryPage, readingPage, retriedLine } from "./rejects-text.ts";
import { RequestError } from "./request-error.ts";

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
  await askRejects(
    config,
    { command: "rejects", action: "list", output },
    {
      take(line) {
        if ("entry" in line) entries.push(line.entry);
      },
      async end(plan, print) {
        if (output !== undefined && entries.length === 0) await checkOutput(plan, output);
        if (json === true) await print(`${JSON.stringify(entries, null, 2)}\n`);
        else for (const entry of entries) await print(entryLine(entry));
        const whose = output === undefined ? "" : ` of output ${fieldOf(output)}`;
        if (json !== true && entries.length === 0) process.stderr.write(`there are no rejects${whose}\n`);
      },
    },
  );
}

async function show(entry: string, { config }: ConfigOptions): Promise<void> {
  const { fromLine } = await import("../agent/index.ts");
  let count = 0;
  let readings = 0;
  await askRejects(
    config,
    { command: "rejects", action: "show", ...parseEntry(entry) },
    {
      async take(line, print) {
        if ("entry" in line) {
          ({ count } = line.entry);
          await print(entryPage(line.entry));
        }
        if (!("reading" in line)) return;
        readings += 1;
        await print(readingPage(fromLine(line.reading as Record<string, unknown>)));
      },
      end() {
        if (readings === 0) process.stderr.write("its readings are no longer in the journal\n");
        else if (readings < count) process.stderr.write(`${readings} of its readings are shown\n`);
      },
    },
  );
}

async function change(action: "retry" | "drop", entry: string | undefined, options: AllOptions): Promise<void> {
  if ((entry === undefined) === (options.all !== true)) {
    throw new RequestError(`name one entry, such as influx/3, or --all; see fieldline rejects ${action} --help`);
  }
  let count = 0;
  const which = entry === undefined ? {} : parseEntry(entry);
  await askRejects(
    options.config,
    { command: "rejects", action, ...which },
    {
      async take(line, print) {
        count += 1;
        if ("dropped" in line) await print(droppedLine(line.dropped));
        if (!("retried" in line)) return;
        await print(retriedLine(line.entry, line.retried));
        if (line.retried.kept !== undefined) process.exitCode = 2;
      },
      end() {
        if (count === 0) process.stderr.write("there are no rejects\n");
      },
    },
  );
}

async function askRejects(
  config: string,
  request: RejectsRequest,
  question: Pick<Question<RejectsLine>, "take" | "end">,
): Promise<void> {
  const agent = await import("../agent/index.ts");
  await ask(config, {
    ...question,
    answer: (plan, signal) => agent.askRejects(plan.agent.dataDir, request, signal),
    stopped: "stopped; what was not done is kept",
  });
}

/** @throws RequestError for an output that the configuration does not have */
async function checkOutput({ outputs }: Plan, output: string): Promise<void> {
  const ids = outputs.map(({ id }) => id);
  if (ids.includes(output)) return;
  const { suggestion } = await import("../config/index.ts");
  throw new RequestError(
    `there are no rejects of output ${output}, which the configuration does not have${suggestion(output, ids)}`,
  );
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
