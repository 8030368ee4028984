import { hostname } from "node:os";
import type { Diagnostic } from "./diagnostic.ts";
import { checkClaims, type PlacedInput } from "./claims.ts";
import { checkOrder, type PlacedOutput } from "./check-order.ts";
import { Findings } from "./findings.ts";
import { fingerprint } from "./fingerprint.ts";
import { readFiles } from "./read-files.ts";
import type { Reading } from "./read-item.ts";
import type { Plan } from "./plan.ts";
import { PluginCatalog } from "./plugin-catalog.ts";
import { readInput } from "./read-input.ts";
import { readOutput } from "./read-output.ts";
import { readProcessors } from "./read-processors.ts";
import { readWhole } from "./read-whole.ts";
import { rememberSecrets } from "./redact.ts";
import { checkIncluded, inputIdsOf, itemsOf, listOf, textsOf } from "./sections.ts";

export interface LoadOptions {
  /** For `${VAR}`; left out: that of the process. */
  readonly environment?: NodeJS.ProcessEnv;
  /** The agent's name when the file has none; left out: the machine's. */
  readonly hostName?: string;
  /** The file's text, when it need not be read. */
  readonly text?: string;
}

/** A plan with its warnings, or no plan and why. */
export type Loaded =
  | { readonly plan: Plan; readonly diagnostics: readonly Diagnostic[] }
  | { readonly plan?: undefined; readonly diagnostics: readonly Diagnostic[] };

/** Loads a configuration with all that it includes: the plan, or every diagnostic at once. Loads only plugins that are used. */
export async function loadPlan(file: string, options: LoadOptions = {}): Promise<Loaded> {
  const findings = new Findings();
  const plan = await load(file, options, findings);
  const diagnostics = findings.list(file);
  if (plan === undefined || findings.failed) return { diagnostics };
  rememberSecrets(plan, findings.secrets);
  return { plan, diagnostics };
}

async function load(file: string, options: LoadOptions, findings: Findings): Promise<Plan | undefined> {
  const { environment = process.env, hostName = hostname(), text } = options;
  const start = { file, line: 1, column: 1 };
  const read = await readFiles(file, text, environment, findings);
  if (read === undefined) return undefined;
  const { source, main, included, names, texts } = read;
  const whole = readWhole(main, source, hostName, findings);
  for (const each of included) checkIncluded(each, findings);
  const files = [main, ...included];

  const catalog = new PluginCatalog();
  await catalog.add(textsOf(listOf(files, "plugins", findings)), findings);
  const placed = itemsOf(files, "inputs", findings);
  const reading: Reading = { findings, catalog, inputIds: inputIdsOf(files, placed) };
  const inputs: PlacedInput[] = [];
  for (const { id, tree, owner } of placed) {
    const input = await readInput(id, tree, owner, reading);
    if (input !== undefined) inputs.push({ input, tree, owner });
  }
  const processors = await readProcessors(listOf(files, "processors", findings), reading, new Set());
  const outputs: PlacedOutput[] = [];
  const sinks = itemsOf(files, "outputs", findings);
  for (const { id, tree, owner } of sinks) {
    const output = await readOutput(id, tree, owner, processors, reading);
    if (output !== undefined) outputs.push({ output, tree, owner });
  }
  checkClaims(inputs, findings);
  const plannedInputs = inputs.map(({ input }) => input);
  checkOrder(outputs, plannedInputs, processors, findings);
  const failed = findings.failed;
  if (placed.length === 0 && !failed)
    findings.error(
      main.entries.get("inputs")?.key ?? start,
      "missing-setting",
      "inputs is required: at least one, such as those in the folder configs/",
    );
  if (sinks.length === 0 && !failed)
    findings.warn(
      main.entries.get("outputs")?.key ?? start,
      "no-outputs",
      "there is no output: readings stay in the journal until one is added",
    );
  if (whole === undefined) return undefined;
  return {
    file,
    files: names,
    textHash: fingerprint(texts),
    ...whole,
    inputs: plannedInputs,
    processors,
    outputs: outputs.map(({ output }) => output),
  };
}
