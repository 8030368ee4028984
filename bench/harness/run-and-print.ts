import type { RunOptions } from "./benchmark.ts";
import { runBenchmarks } from "./run-benchmarks.ts";
import { type Saved, savedOf } from "./saved.ts";
import { tableOf } from "./table.ts";

/** Runs benchmarks one after the other and prints the table of each as it ends. */
export async function* runAndPrint(names: readonly string[], options: RunOptions): AsyncGenerator<Saved> {
  for await (const finished of runBenchmarks(names, options)) {
    const { name, summary } = finished;
    process.stdout.write(`${name}: ${summary}\n\n${tableOfAll([finished])}\n\n`);
    yield savedOf(finished, options);
  }
}

/** One table of several benchmarks. */
export function tableOfAll(all: readonly Pick<Saved, "name" | "results">[]): string {
  return tableOf(all.flatMap(({ name, results }) => results.map((result) => ({ benchmark: name, ...result }))));
}
