import type { Result } from "./benchmark.ts";

export type Verdict = "met" | "MISSED" | "stated";

/** The ratio's median, or without a floor ours, against the target. */
export function verdictOf({ ours, ratio, target }: Result): Verdict {
  if (target === undefined) return "stated";
  const { median } = ratio ?? ours;
  const { atMost = Infinity, atLeast = -Infinity } = target;
  return median <= atMost && median >= atLeast ? "met" : "MISSED";
}
