/** `npm run bench`: runs benchmarks, prints their tables and writes JSON. See bench/README.md. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { stopSignal } from "../tools/flags.ts";
import { type CommandLine, readCommandLine } from "./harness/command-line.ts";
import { errorText } from "./harness/error-text.ts";
import { benchmarkNames } from "./harness/found.ts";
import { runAndPrint, tableOfAll } from "./harness/run-and-print.ts";
import { jsonOf, save, type Saved } from "./harness/saved.ts";

const LONGEST_MS = 24 * 3_600_000;

const signal = stopSignal(LONGEST_MS);
try {
  await bench(readCommandLine(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`${errorText(error)}\n`);
  process.exitCode = 1;
}

async function bench({ names, json, ...options }: CommandLine): Promise<void> {
  const all: Saved[] = [];
  for await (const saved of runAndPrint(names.length > 0 ? names : benchmarkNames(), { ...options, signal })) {
    all.push(saved);
    if (json === undefined) save(saved);
  }
  if (all.length > 1) process.stdout.write(`${tableOfAll(all)}\n`);
  if (json === undefined) return;
  mkdirSync(dirname(json), { recursive: true });
  writeFileSync(json, jsonOf(all));
}
