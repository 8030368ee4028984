import type { Spread } from "./benchmark.ts";

/** @throws Error without a value */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.slice(Math.floor((sorted.length - 1) / 2), Math.floor(sorted.length / 2) + 1);
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) throw new Error("nothing was measured");
  return { min, median: middle.reduce((sum, value) => sum + value, 0) / middle.length, max };
}

/** The spread of ours / floor, pair by pair. */
export function ratioOf(ours: readonly number[], floor: readonly number[]): Spread {
  return spreadOf(ours.map((value, index) => value / (floor[index] ?? Number.NaN)));
}
