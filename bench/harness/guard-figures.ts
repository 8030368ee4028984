import type { Result, RunOptions } from "./benchmark.ts";
import { loadBenchmark } from "./found.ts";

/** A row that is beyond its tolerance is measured so often, and the best of all its runs counts. */
export const ATTEMPTS = 3;

/** The best that was measured of one row. */
export interface Best {
  readonly benchmark: string;
  readonly what: string;
  /** Whether more is better, as of a rate; else it is a cost. */
  readonly moreIsBetter: boolean;
  readonly ours: number;
  readonly floor: number;
}

/** What a row has to hold to, as committed. */
export interface Guarded {
  readonly benchmark: string;
  readonly what: string;
  /** The best of ours / the best of the floor. */
  readonly ratio: number;
  /** The loss that noise explains: 0.2 is 20 %. */
  readonly tolerance: number;
}

/** A benchmark of the guard. */
export interface GuardedBenchmark {
  readonly name: string;
  /** Interleaved pairs: more where one alone says little. */
  readonly rounds: number;
  /** Rows that are left out. */
  readonly except?: RegExp;
}

/** Runs the short forms of benchmarks once and gives the best of each row that has a floor. */
export async function measureBest(benchmarks: readonly GuardedBenchmark[], signal: AbortSignal): Promise<Best[]> {
  const best: Best[] = [];
  for (const { name, rounds, except } of benchmarks) {
    const options: RunOptions = { rounds, short: true, vs: [], signal };
    const benchmark = await loadBenchmark(name);
    const results = (await benchmark.run(options)).filter(({ what }) => except?.test(what) !== true);
    best.push(...results.flatMap((result) => bestOf(name, result)));
  }
  return best;
}

function bestOf(benchmark: string, { what, unit, ours, floor }: Result): Best[] {
  if (floor === undefined) return [];
  const moreIsBetter = unit === "/s";
  const side = moreIsBetter ? "max" : "min";
  return [{ benchmark, what, moreIsBetter, ours: ours[side], floor: floor.value[side] }];
}

/** The better of two measurements of the same row: of ours and of the floor each its own best. */
export function better(one: Best, other: Best | undefined): Best {
  if (other === undefined) return one;
  const pick = one.moreIsBetter ? Math.max : Math.min;
  return { ...one, ours: pick(one.ours, other.ours), floor: pick(one.floor, other.floor) };
}

export function ratioOfBest({ ours, floor }: Best): number {
  return ours / floor;
}

/** By how much ours has become worse beside its floor: 0.1 is 10 %; below 0 it has become better. */
export function lossOf(best: Best, ratio: number): number {
  return best.moreIsBetter ? ratio / ratioOfBest(best) - 1 : ratioOfBest(best) / ratio - 1;
}

export function isSameRow(one: Pick<Best, "benchmark" | "what">, other: Pick<Best, "benchmark" | "what">): boolean {
  return one.benchmark === other.benchmark && one.what === other.what;
}
