import type { Command } from "commander";
import type { ChangedCursor, CursorChange, ListedCursor, PausedLine } from "../agent/index.ts";
import type { Plan } from "../config/index.ts";
import { ask } from "./ask.ts";
import { cursorRows, jsonCursor } from "./cursors-text.ts";
import { number, table } from "./field-text.ts";
import { type ConfigOptions, withConfig } from "./options.ts";
import { parsePlace, PLACE } from "./places.ts";
import { RequestError } from "./request-error.ts";

interface ListOptions extends ConfigOptions {
  readonly json?: boolean;
}

interface ForgetOptions extends ConfigOptions {
  readonly yes?: boolean;
}

/** `fieldline journal cursors`: up to where each output has delivered. */
export function addCursors(journal: Command): void {
  const command = journal.command("cursors").description("list the outputs' places in the journal, and change them");
  withConfig(command.command("list"))
    .description("print each output with its cursor and how far it lags, also outputs that left the configuration")
    .option("--json", "print them as a JSON array")
    .action(list);
  withConfig(command.command("rename <output> <to>"))
    .description("give the place and the rejects of an output to the one that it has become; neither may be running")
    .action(rename);
  withConfig(command.command("forget <output>"))
    .description("forget the place of an output that does not run; should it come back, it begins where `start` says")
    .option("--yes", "also of an output that the configuration has")
    .action(forget);
  withConfig(command.command("pause <output>"))
    .description("have an output deliver nothing until it is resumed, also over restarts; what is on its way arrives")
    .action((output: string, { config }: ConfigOptions) => pause(output, config, true));
  withConfig(command.command("resume <output>"))
    .description("have a paused output deliver again, from its cursor on")
    .action((output: string, { config }: ConfigOptions) => pause(output, config, false));
  withConfig(command.command("set <output> <place>"))
    .description(`move the cursor of an output that does not run to a place: ${PLACE}`)
    .action(set);
}

async function list({ config, json = false }: ListOptions): Promise<void> {
  const { askCursors } = await import("../agent/index.ts");
  await ask<{ readonly cursors: readonly ListedCursor[] }>(config, {
    answer: (plan, signal) => askCursors(plan, signal),
    take: ({ cursors }, print) =>
      print(json ? `${JSON.stringify(cursors.map(jsonCursor), null, 2)}\n` : table(cursorRows(cursors, Date.now()))),
  });
}

async function rename(output: string, to: string, { config }: ConfigOptions): Promise<void> {
  const { isId } = await import("../config/index.ts");
  if (!isId(to)) throw new RequestError(`${to} can be no output's id: write letters, digits, "_", "-" and "."`);
  await change(
    config,
    () => ({ kind: "rename", output, to }),
    ({ offset, rejects }) => {
      const kept = rejects ? ", and has its rejects" : "";
      return `output ${to} goes on at offset ${offset}, where ${output} was${kept}`;
    },
  );
}

async function forget(output: string, { config, yes = false }: ForgetOptions): Promise<void> {
  const changeOf = ({ outputs }: Plan): CursorChange => {
    if (!yes && outputs.some(({ id }) => id === output)) {
      throw new RequestError(
        `the configuration has output ${output}: forgotten, it begins where its \`start\` says, and what it has not delivered may never be; say --yes if that is meant`,
      );
    }
    return { kind: "forget", output };
  };
  await change(config, changeOf, ({ offset, rejects }) => {
    const kept = rejects ? `; its rejects are kept: see fieldline rejects list --output ${output}` : "";
    return `the place of output ${output}, offset ${offset}, is forgotten${kept}`;
  });
}

async function set(output: string, text: string, { config }: ConfigOptions): Promise<void> {
  const place = await parsePlace(text, "the place");
  await change(
    config,
    () => ({ kind: "set", output, place }),
    ({ before, offset }) => {
      const entries = number(Math.abs(offset - before), "entry", "entries");
      const effect = offset > before ? `${entries} will not be delivered` : `${entries} will be delivered again`;
      return `output ${output} goes on at offset ${offset}, and was at ${before}${offset === before ? "" : `: ${effect}`}`;
    },
  );
}

async function pause(output: string, config: string, paused: boolean): Promise<void> {
  const { askPause } = await import("../agent/index.ts");
  await ask<PausedLine>(config, {
    answer: (plan, signal) => askPause(plan, output, paused, signal),
    take: ({ already, running }, print) => {
      const state = paused ? "paused" : "not paused";
      if (already) return print(`output ${output} is ${state} already\n`);
      const effect = paused ? "delivers nothing until it is resumed" : "delivers from its cursor on";
      return print(`output ${output} ${running ? effect : `${effect}, once an agent runs`}\n`);
    },
  });
}

async function change(
  config: string,
  changeOf: (plan: Plan) => CursorChange,
  sentence: (changed: ChangedCursor) => string,
): Promise<void> {
  const { askCursorChange } = await import("../agent/index.ts");
  await ask<{ readonly changed: ChangedCursor }>(config, {
    answer: (plan, signal) => askCursorChange(plan, changeOf(plan), signal),
    take: ({ changed }, print) => print(`${sentence(changed)}\n`),
  });
}
