import { fingerprint, type Plan, type PlannedInput, type PlannedOutput } from "../config/index.ts";

/** What another plan means for the inputs, or the outputs, of the running one; each by its id. */
export interface Changes<Planned> {
  readonly added: readonly Planned[];
  readonly changed: readonly Planned[];
  readonly same: readonly Planned[];
  readonly removed: readonly string[];
}

/** The inputs whose connection is another one. How their readings are decoded is the outputs' affair. */
export function inputChanges(before: Plan | undefined, next: Plan): Changes<PlannedInput> {
  return changesOf(before?.inputs ?? [], next.inputs, (one, other) => one.connection === other.connection);
}

/**
 * The outputs that deliver otherwise: to another place, in other batches, or other points.
 * @param decodingOf the fingerprint of how the running outputs decode an input, also one that the plan before has not
 */
export function outputChanges(
  before: Plan | undefined,
  next: Plan,
  decodingOf: (input: string) => string | undefined,
): Changes<PlannedOutput> {
  const same = before !== undefined && sharedPrint(before) === sharedPrint(next);
  const decodesAlike = ({ from }: PlannedOutput) =>
    next.inputs
      .filter(({ id }) => from?.includes(id) ?? true)
      .every((input) => input.fingerprint === decodingOf(input.id));
  return changesOf(
    before?.outputs ?? [],
    next.outputs,
    (one, other) => same && one.fingerprint === other.fingerprint && decodesAlike(other),
  );
}

/** What was done about the changes, as a sentence. */
export function tellChanges(inputs: Changes<PlannedInput>, outputs: Changes<PlannedOutput>): string {
  const said = (["added", "removed", "changed", "same"] as const).flatMap((kind) => {
    const names = [...namesOf("input", inputs[kind]), ...namesOf("output", outputs[kind])];
    return names.length === 0 ? [] : [`${WORDS[kind]} ${names.join(", ")}`];
  });
  return said.join("; ");
}

const WORDS = { added: "started", removed: "stopped", changed: "restarted", same: "left running" } as const;

function namesOf(kind: string, parts: readonly (string | { readonly id: string })[]): readonly string[] {
  return parts.map((part) => `${kind} ${typeof part === "string" ? part : part.id}`);
}

/** Whether the journal, its place and its durability are the same: all else can change while an agent runs. */
export function sameCore(before: Plan, next: Plan): boolean {
  const coreOf = ({ agent, journal }: Plan) => fingerprint([agent.dataDir, journal]);
  return coreOf(before) === coreOf(next);
}

/** What every point passes. */
function sharedPrint({ agent, processors }: Plan): string {
  return fingerprint([agent.tags, processors.map((each) => [each.id, each.fingerprint])]);
}

function changesOf<Planned extends { readonly id: string }>(
  before: readonly Planned[],
  next: readonly Planned[],
  isSame: (one: Planned, other: Planned) => boolean,
): Changes<Planned> {
  const known = new Map(before.map((each) => [each.id, each]));
  const kinds = Map.groupBy(next, (each) => {
    const old = known.get(each.id);
    if (old === undefined) return "added";
    return isSame(old, each) ? "same" : "changed";
  });
  const kept = new Set(next.map(({ id }) => id));
  return {
    added: kinds.get("added") ?? [],
    changed: kinds.get("changed") ?? [],
    same: kinds.get("same") ?? [],
    removed: before.map(({ id }) => id).filter((id) => !kept.has(id)),
  };
}
