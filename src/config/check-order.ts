import type { Position } from "./diagnostic.ts";
import type { Findings } from "./findings.ts";
import type { PlannedInput, PlannedOutput, PlannedProcessor } from "./plan.ts";
import { childOf, type Tree } from "./tree.ts";

/** An output and where it stands. */
export interface PlacedOutput {
  readonly output: PlannedOutput;
  readonly tree: Tree;
  readonly owner: Position;
}

/** Finds steps that need readings in their order in outputs with `newest_first`. */
export function checkOrder(
  outputs: readonly PlacedOutput[],
  inputs: readonly PlannedInput[],
  shared: readonly PlannedProcessor[],
  findings: Findings,
): void {
  for (const { output, tree, owner } of outputs) {
    if (output.backlog !== "newest_first") continue;
    const at = childOf(tree, "backlog")?.at ?? owner;
    for (const step of orderedSteps(output, inputs, shared)) {
      const message = `backlog: newest_first does not go with ${step}, which needs readings in their order; use oldest_first, or leave that step to another output`;
      findings.error(at, "needs-order", message);
    }
  }
}

/** The steps of an output's chain that need order, as a person knows them. */
function orderedSteps(
  { from, processors }: PlannedOutput,
  inputs: readonly PlannedInput[],
  shared: readonly PlannedProcessor[],
): readonly string[] {
  const wanted = inputs.filter(({ id }) => from?.includes(id) ?? true);
  const isUsed = (step: PlannedProcessor) => wanted.some(({ id }) => step.from?.includes(id) ?? true);
  return [
    ...wanted
      .filter(({ decoder }) => decoder.plugin.ordered === true)
      .map(({ id, decoder }) => `the decoder ${decoder.plugin.name} of input "${id}"`),
    ...[...shared, ...processors]
      .filter((step) => step.plugin.ordered === true && isUsed(step))
      .map(({ id, plugin }) => `processor "${id}" (${plugin.name})`),
  ];
}
