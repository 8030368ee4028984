import type { Claim } from "../plugin/index.ts";
import type { Position } from "./diagnostic.ts";
import type { Findings } from "./findings.ts";
import type { PlannedInput } from "./plan.ts";
import { guarded } from "./read-item.ts";
import { covers, overlapOf } from "./topic-overlap.ts";
import { locate, type Tree } from "./tree.ts";

/** An input of the plan with its place in the file. */
export interface PlacedInput {
  readonly input: PlannedInput;
  readonly tree: Tree;
  readonly owner: Position;
}

interface Claimed {
  readonly claim: Claim;
  readonly id: string;
  readonly at: Position;
}

/** Reports what two inputs want for themselves alone, at the later one; each pair of inputs once for each kind of thing. */
export function checkClaims(inputs: readonly PlacedInput[], findings: Findings): void {
  const earlier: Claimed[] = [];
  for (const { input, tree, owner } of inputs) {
    const claims = guarded(input.plugin, owner, findings, () => input.plugin.claims?.(input.settings as never)) ?? [];
    const own = claims.map((claim) => ({ claim, id: input.id, at: locate(tree, claim.path ?? [], owner).at }));
    const told = new Set<string>();
    for (const later of own) {
      const other = earlier.find(({ claim }) => clash(claim, later.claim));
      if (other === undefined || told.has(`${other.claim.kind} ${other.id}`)) continue;
      told.add(`${other.claim.kind} ${other.id}`);
      // A port opens once; topics come to both, and their points twice, which somebody may want.
      const severity = later.claim.kind === "topic" ? "warning" : "error";
      findings.add(later.at, "claimed-twice", messageOf(later, other), severity);
    }
    earlier.push(...own);
  }
}

function messageOf({ claim, id: own, at: place }: Claimed, { claim: other, id, at }: Claimed): string {
  const where = at.file === place.file ? `line ${at.line}` : `${at.file}:${at.line}`;
  const what = claim.name === other.name ? "takes it too" : `takes ${filterOf(other.name)}, which overlaps`;
  const name = claim.kind === "topic" ? filterOf(claim.name) : claim.name;
  return `the ${claim.kind} ${name} of "${own}": the input "${id}" (${where}) ${what}`;
}

const brokerOf = (topic: string) => topic.slice(0, Math.max(0, topic.indexOf(" ")));
const filterOf = (topic: string) => topic.slice(topic.indexOf(" ") + 1);

function clash(a: Claim, b: Claim): boolean {
  if (a.kind !== b.kind) return false;
  if (a.kind !== "topic") return a.name === b.name;
  if (brokerOf(a.name) !== brokerOf(b.name)) return false;
  const both = overlapOf(filterOf(a.name), filterOf(b.name));
  return both !== undefined && ![...(a.except ?? []), ...(b.except ?? [])].some((filter) => covers(filter, both));
}
