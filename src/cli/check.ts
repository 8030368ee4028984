import type { Command } from "commander";
import { type ConfigOptions, withConfig } from "./options.ts";
import { writeOut } from "./stdout.ts";

interface CheckOptions extends ConfigOptions {
  readonly json?: boolean;
}

/** `fieldline check`: every diagnostic at once, on stdout. */
export function addCheck(program: Command): void {
  const command = program
    .command("check")
    .description("check the configuration: every problem at once, one a line")
    .option("--json", "print the problems as a JSON array");
  withConfig(command).action(check);
}

async function check({ config, json }: CheckOptions): Promise<void> {
  const { formatDiagnostic, loadPlan } = await import("../config/index.ts");
  const { plan, diagnostics } = await loadPlan(config);
  const print = writeOut(() => {});
  if (json === true) print(`${JSON.stringify(diagnostics, null, 2)}\n`);
  else for (const diagnostic of diagnostics) print(`${formatDiagnostic(diagnostic)}\n`);
  if (plan === undefined) {
    process.exitCode = 1;
    return;
  }
  const count = (items: readonly unknown[], noun: string) => `${items.length} ${noun}${items.length === 1 ? "" : "s"}`;
  const parts = [count(plan.inputs, "input"), count(plan.processors, "processor"), count(plan.outputs, "output")];
  process.stderr.write(`${config} is good: ${parts.join(", ")}\n`);
}
