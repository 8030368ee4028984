/** `npm run bench`: runs benchmarks, prints their tables and writes JSON. See bench/README.md. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { stopSignal } from "../tools/flags.ts";
import { type CommandLine, readCommandLine } from "./harness/command-line.ts";
import { benchmarkNames } from "./harness/found.ts";
import { thisMachine } from "./harness/machine.ts";
import { type Finished, runBenchmarks } from "./harness/run-benchmarks.ts";
import { type Row, tableOf } from "./harness/table.ts";

const LONGEST_MS = 12 * 3_600_000;

const signal = stopSignal(LONGEST_MS);
try {
  await bench(readCommandLine(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function bench({ names, short, rounds, vs, json }: CommandLine): Promise<void> {
  const chosen = names.length > 0 ? names : benchmarkNames();
  const all: Finished[] = [];
  for await (const finished of runBenchmarks(chosen, { short, rounds, vs, signal })) {
    all.push(finished);
    process.stdout.write(`${finished.name}: ${finished.summary}\n\n${tableOf(rowsOf([finished]))}\n\n`);
    if (json === undefined) write(join(import.meta.dirname, `results/${finished.name}.json`), [finished]);
  }
  if (all.length > 1) process.stdout.write(`${tableOf(rowsOf(all))}\n`);
  if (json !== undefined) write(json, all);

  function write(file: string, benchmarks: readonly Finished[]): void {
    mkdirSync(dirname(file), { recursive: true });
    const written = { machine: thisMachine(), short, rounds, benchmarks };
    writeFileSync(file, `${JSON.stringify(written, undefined, 2)}\n`);
  }
}

function rowsOf(all: readonly Finished[]): Row[] {
  return all.flatMap(({ name, results }) => results.map((result) => ({ benchmark: name, ...result })));
}
