import type { Plan, PlannedInput, PlannedOutput, PlannedProcessor } from "./plan.ts";
import { fingerprint } from "./fingerprint.ts";
import { HIDDEN, Secrets } from "./secrets.ts";

const secretsOf = new WeakMap<Plan, Secrets>();

/** Keeps what must not be seen of a plan. */
export function rememberSecrets(plan: Plan, secrets: Secrets): void {
  secretsOf.set(plan, secrets);
}

/** A plan as plain JSON for people: plugins by name, maps as objects, and `***` for what must not be seen. */
export function redactedPlan(plan: Plan): unknown {
  const { inputs, processors, outputs, textHash: _textHash, ...rest } = plan;
  const shown = {
    ...rest,
    inputs: inputs.map(showInput),
    processors: processors.map(showProcessor),
    outputs: outputs.map(showOutput),
  };
  return hideIn(shown, secretsOf.get(plan));
}

/** Left out of what is shown. */
const UNSHOWN = { plugin: undefined, origin: undefined, connection: undefined, fingerprint: undefined };

const showProcessor = (processor: PlannedProcessor) => ({ type: processor.plugin.name, ...processor, ...UNSHOWN });

function showInput(input: PlannedInput): object {
  const { plugin, settings } = input.decoder;
  return { type: input.plugin.name, ...input, decoder: { type: plugin.name, settings }, ...UNSHOWN };
}

function showOutput(output: PlannedOutput): object {
  return { type: output.plugin.name, ...output, processors: output.processors.map(showProcessor), ...UNSHOWN };
}

/** Whether a value holds a URL's password or, with a plan, anything that must not be seen of that. */
export function holdsSecret(value: unknown, plan?: Plan): boolean {
  const secrets = plan === undefined ? new Secrets() : secretsOf.get(plan);
  return fingerprint(hideIn(value, secrets)) !== fingerprint(value);
}

function hideIn(value: unknown, secrets: Secrets | undefined): unknown {
  if (typeof value === "string") return secrets?.hide(value, true) ?? value;
  if (typeof value === "number" || typeof value === "bigint")
    return secrets?.hide(String(value), true) === HIDDEN ? HIDDEN : value;
  if (value instanceof Map) return hideIn(Object.fromEntries(value), secrets);
  if (Array.isArray(value)) return value.map((item) => hideIn(item, secrets));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, hideIn(each, secrets)]));
}
