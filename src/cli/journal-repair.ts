import type { Command } from "commander";
import type { Repair, RepairLine } from "../agent/index.ts";
import { ask } from "./ask.ts";
import { fieldOf, number } from "./field-text.ts";
import { problemLine } from "./journal-verify.ts";
import { type ConfigOptions, withConfig } from "./options.ts";

interface RepairOptions extends ConfigOptions {
  readonly json?: boolean;
}

/** `fieldline journal repair`. */
export function addRepair(journal: Command): void {
  withConfig(journal.command("repair"))
    .description(
      "tell what verify would, then write anew what is damaged, with all that can be read, while no agent runs; what was there is kept in the folder `damaged` of the journal",
    )
    .option("--json", "print what was done as a JSON object")
    .action(repair);
}

async function repair({ config, json = false }: RepairOptions): Promise<void> {
  const { askRepair } = await import("../agent/index.ts");
  const repairs: Repair[] = [];
  await ask<RepairLine>(config, {
    answer: (plan, signal) => askRepair(plan, signal),
    async take(line, print) {
      if ("found" in line) process.stderr.write(problemLine(line.found));
      else if ("repair" in line && json) repairs.push(line.repair);
      else if ("repair" in line) await print(`${fieldOf(line.repair.message)}\n`);
      else if (json) await print(`${JSON.stringify({ ...line.repaired, repairs }, null, 2)}\n`);
      else process.stderr.write(sumOf(line.repaired));
    },
    stopped: "stopped; what was repaired so far is whole: run it again for the rest",
  });
}

function sumOf({ repairs, lost }: { readonly repairs: number; readonly lost: number }): string {
  if (repairs === 0) return "all is as it was written: there is nothing to repair\n";
  return `${number(repairs, "repair")}; ${number(lost, "offset")} cannot be read any more\n`;
}
