import type { loadAddedPlugins, Plan } from "../config/index.ts";

/** Loads a configuration for a command that runs it: diagnostics go to stderr, and a wrong one gives undefined. */
export async function loadOrExplain(file: string): Promise<Plan | undefined> {
  const { formatDiagnostic, loadPlan } = await import("../config/index.ts");
  const { plan, diagnostics } = await loadPlan(file);
  for (const diagnostic of diagnostics) process.stderr.write(`${formatDiagnostic(diagnostic)}\n`);
  return plan;
}

/** The plugins that a configuration adds; none without one. When they cannot be loaded it says so, with status 1. */
export async function loadAdded(
  file: string | undefined,
): Promise<Awaited<ReturnType<typeof loadAddedPlugins>>["plugins"]> {
  if (file === undefined) return [];
  const { formatDiagnostic, loadAddedPlugins: load } = await import("../config/index.ts");
  const { plugins, diagnostics } = await load(file);
  for (const diagnostic of diagnostics) process.stderr.write(`${formatDiagnostic(diagnostic)}\n`);
  if (plugins === undefined) process.exitCode = 1;
  return plugins;
}
