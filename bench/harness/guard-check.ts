import {
  ATTEMPTS,
  type Best,
  better,
  type Guarded,
  type GuardedBenchmark,
  isSameRow,
  lossOf,
  measureBest,
  ratioOfBest,
} from "./guard-figures.ts";

/** A row beside what is committed of it. */
export interface Checked extends Guarded {
  /** The ratio of now. */
  readonly now: number;
  readonly loss: number;
}

/**
 * Measures benchmarks and compares them with what is committed.
 * @throws Error when a committed row is not measured any more, or a measured one is not committed
 */
export async function checkGuarded(
  benchmarks: readonly GuardedBenchmark[],
  guarded: readonly Guarded[],
  signal: AbortSignal,
): Promise<Checked[]> {
  const found: Best[] = [];
  let checked: Checked[] = [];
  let again = benchmarks;
  for (let attempt = 1; attempt <= ATTEMPTS && again.length > 0; attempt += 1) {
    for (const best of await measureBest(again, signal)) {
      const index = found.findIndex((known) => isSameRow(known, best));
      found.splice(index === -1 ? found.length : index, 1, better(best, found[index]));
    }
    checked = compareAll(found, guarded);
    const lost = checked.filter(isLost);
    again = benchmarks.filter(({ name }) => lost.some(({ benchmark }) => benchmark === name));
  }
  return checked;
}

/** Whether a row has lost more than noise explains. */
export function isLost({ loss, tolerance }: Checked): boolean {
  return loss > tolerance;
}

function compareAll(found: readonly Best[], guarded: readonly Guarded[]): Checked[] {
  const missing = guarded.filter((row) => !found.some((best) => isSameRow(best, row)));
  const unknown = found.filter((best) => !guarded.some((row) => isSameRow(best, row)));
  if (missing.length + unknown.length > 0) {
    const rows = [...missing, ...unknown].map(({ benchmark, what }) => `${benchmark}: ${what}`);
    throw new Error(
      `guard.json has other rows than are measured (${rows.join("; ")}): npm run bench:guard -- --update`,
    );
  }
  return guarded.flatMap((row) =>
    found
      .filter((best) => isSameRow(best, row))
      .map((best) => ({ ...row, now: ratioOfBest(best), loss: lossOf(best, row.ratio) })),
  );
}
