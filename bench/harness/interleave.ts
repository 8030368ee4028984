import type { RunOptions, Spread } from "./benchmark.ts";
import { ratioOf, spreadOf } from "./spread.ts";

export interface Compared {
  readonly ours: Spread;
  readonly floor: Spread;
  /** ours / floor, pair by pair. */
  readonly ratio: Spread;
}

/** Measures ours and its floor in turn: a machine that is slow for a while is slow for both. */
export async function interleave(
  options: Pick<RunOptions, "rounds" | "signal">,
  ours: () => Promise<number>,
  floor: () => Promise<number>,
): Promise<Compared> {
  const measured = await interleaveAll(options, { ours, floor });
  return compare(measured.ours, measured.floor);
}

/**
 * Runs each of them once a round, in turn, and every other round in the reverse order, so that what one leaves behind
 * meets all of them. The round that goes before is not counted.
 * @returns what each gave, one value a round
 */
export async function interleaveAll<Name extends string, Value>(
  { rounds, signal }: Pick<RunOptions, "rounds" | "signal">,
  runs: Readonly<Record<Name, () => Promise<Value>>>,
): Promise<Record<Name, Value[]>> {
  const names = Object.keys(runs) as Name[];
  const measured = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, Value[]>;
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      signal.throwIfAborted();
      const value = await runs[name]();
      if (round > 0) measured[name].push(value);
    }
  }
  return measured;
}

export function compare(ours: readonly number[], floor: readonly number[]): Compared {
  return { ours: spreadOf(ours), floor: spreadOf(floor), ratio: ratioOf(ours, floor) };
}
