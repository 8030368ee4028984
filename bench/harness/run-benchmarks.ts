import type { Benchmark, Result, RunOptions } from "./benchmark.ts";
import { loadBenchmark } from "./found.ts";

/** A benchmark that has run. */
export interface Finished {
  readonly name: string;
  readonly summary: string;
  readonly limit?: string | undefined;
  readonly results: readonly Result[];
}

/** Runs benchmarks one after the other; each is given out as it ends. @throws Error of the first one that fails */
export async function* runBenchmarks(names: readonly string[], options: RunOptions): AsyncGenerator<Finished> {
  // All are loaded before the first runs: a wrong name costs no hour.
  const benchmarks: Benchmark[] = await Promise.all(names.map(loadBenchmark));
  for (const benchmark of benchmarks) {
    options.signal.throwIfAborted();
    const { name, summary, limit } = benchmark;
    yield { name, summary, limit, results: await benchmark.run(options) };
  }
}
