import type { Plan } from "../config/index.ts";

/** Loads a configuration for a command that runs it: diagnostics go to stderr, and a wrong one gives undefined. */
export async function loadOrExplain(file: string): Promise<Plan | undefined> {
  const { formatDiagnostic, loadPlan } = await import("../config/index.ts");
  const { plan, diagnostics } = await loadPlan(file);
  for (const diagnostic of diagnostics) process.stderr.write(`${formatDiagnostic(diagnostic)}\n`);
  return plan;
}
