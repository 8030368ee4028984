import type { Command } from "commander";
import type { JournalProblem, VerifiedJournal, VerifyLine } from "../agent/index.ts";
import { ask, type Print } from "./ask.ts";
import { fieldOf, number } from "./field-text.ts";
import { type ConfigOptions, withConfig } from "./options.ts";

interface VerifyOptions extends ConfigOptions {
  readonly json?: boolean;
}

/** `fieldline journal verify`. */
export function addVerify(journal: Command): void {
  withConfig(journal.command("verify"))
    .description(
      "read the whole journal and print every problem, one a line: FILE:POSITION: KIND: MESSAGE; ends with 2 when there is one",
    )
    .option("--json", "print what was found as a JSON object")
    .action(verify);
}

async function verify({ config, json = false }: VerifyOptions): Promise<void> {
  const { askVerify } = await import("../agent/index.ts");
  const problems: JournalProblem[] = [];
  await ask<VerifyLine>(config, {
    answer: (plan, signal) => askVerify(plan, signal),
    async take(line, print) {
      if ("verified" in line) await conclude(line.verified, problems, json, print);
      else if (json) problems.push(line.found);
      else await print(problemLine(line.found));
    },
    stopped: "stopped before all was read",
  });
}

async function conclude(
  verified: VerifiedJournal,
  problems: readonly JournalProblem[],
  json: boolean,
  print: Print,
): Promise<void> {
  if (verified.problems > 0) process.exitCode = 2;
  if (json) await print(`${JSON.stringify({ ...verified, problems }, null, 2)}\n`);
  else process.stderr.write(verdict(verified));
}

/** A problem as one line. */
export function problemLine({ segment, position, kind, message }: JournalProblem): string {
  return `${segment}:${position ?? 0}: ${kind}: ${fieldOf(message)}\n`;
}

function verdict({ segments, readings, fromOffset, toOffset, problems, lost }: VerifiedJournal): string {
  const offsets = toOffset > fromOffset ? `, offsets ${fromOffset} to ${toOffset - 1}` : "";
  const held = `${number(segments, "segment")} with ${number(readings, "reading")}${offsets}`;
  const before = lost === 0 ? "" : `; lost before, and told of then: ${number(lost, "offset")}`;
  if (problems === 0) return `${held}: all is as it was written${before}\n`;
  return `${held}: ${number(problems, "problem")}${before}; stop the agent and run fieldline journal repair\n`;
}
