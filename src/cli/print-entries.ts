import type { EntriesWanted, Entry, EntryLine } from "../agent/index.ts";
import type { Plan } from "../config/index.ts";
import { ask } from "./ask.ts";

/**
 * Prints the entries of a configuration's journal that are wanted, and says on stderr what was passed over.
 * @param stopped what it means that somebody stopped it; left out where that is how it ends
 */
export async function printEntries(
  config: string,
  wanted: EntriesWanted,
  textOf: (entry: Entry) => string | Uint8Array,
  stopped?: string,
): Promise<void> {
  const { askEntries } = await import("../agent/index.ts");
  let found = false;
  await ask<EntryLine>(config, {
    answer: (plan, signal) => askEntries(plan, wanted, signal),
    async take(line, print) {
      if ("passed" in line) {
        process.stderr.write(`fieldline: ${line.passed}\n`);
        return;
      }
      found = true;
      await print(textOf(line.entry));
    },
    end: async (plan) => (found || wanted.input === undefined ? undefined : checkInput(plan, wanted.input)),
    ...(stopped === undefined ? {} : { stopped }),
  });
}

/** Says so when the configuration has no such input; its readings may have been in the journal all the same. */
async function checkInput({ inputs }: Plan, input: string): Promise<void> {
  const ids = inputs.map(({ id }) => id);
  if (ids.includes(input)) return;
  const { suggestion } = await import("../config/index.ts");
  process.stderr.write(
    `fieldline: neither the journal nor the configuration has an input ${input}${suggestion(input, ids)}\n`,
  );
  process.exitCode = 1;
}
