import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
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
import { spreadOf } from "./spread.ts";

/** No figure is held to less than this: another kernel or another machine of the same kind moves it as far. */
const LEAST_TOLERANCE = 0.25;
/** Of the largest loss that was seen without any reason. */
const SAFETY = 1.5;
const STEP = 0.05;

/**
 * Measures so often on the machine as it is, and so often again while every core has other work.
 * @param say is told of each run
 * @returns the median of the quiet runs as each row's figure, and the tolerance that all of them together ask for when, as
 *   in a check, as many in a row count as one
 */
export async function measureNoise(
  benchmarks: readonly GuardedBenchmark[],
  runs: number,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<Guarded[]> {
  const quiet = await measureOften("quiet", benchmarks, runs, signal, say);
  const load = Array.from({ length: availableParallelism() }, () => spawn(process.execPath, ["-e", "for (;;);"]));
  let loaded: Best[][];
  try {
    loaded = await measureOften("loaded", benchmarks, runs, signal, say);
  } finally {
    for (const busy of load) busy.kill("SIGKILL");
  }
  return (quiet[0] ?? []).map((row) => {
    const ofRow = (all: readonly Best[][]) => all.flatMap((run) => run.filter((best) => isSameRow(best, row)));
    const ratio = spreadOf(ofRow(quiet).map(ratioOfBest)).median;
    const bests = [ofRow(quiet), ofRow(loaded)].flatMap(bestsInARow);
    const loss = Math.max(...bests.map((best) => lossOf(best, ratio)));
    const { benchmark, what } = row;
    return { benchmark, what, ratio: Number(ratio.toPrecision(3)), tolerance: toleranceFor(loss) };
  });
}

/** The best of each so many runs in a row as a check may make. */
function bestsInARow(runs: readonly Best[]): Best[] {
  return runs.slice(ATTEMPTS - 1).map((last, index) => runs.slice(index, index + ATTEMPTS).reduce(better, last));
}

async function measureOften(
  condition: string,
  benchmarks: readonly GuardedBenchmark[],
  runs: number,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<Best[][]> {
  const all: Best[][] = [];
  for (let run = 1; run <= runs; run += 1) {
    const best = await measureBest(benchmarks, signal);
    all.push(best);
    say(`${condition} ${run}/${runs}: ${best.map((each) => ratioOfBest(each).toFixed(2)).join(" ")}`);
  }
  return all;
}

function toleranceFor(loss: number): number {
  const tolerance = Math.max(LEAST_TOLERANCE, loss * SAFETY);
  return Number((Math.ceil(tolerance / STEP - 1e-9) * STEP).toFixed(2));
}
