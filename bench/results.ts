/** `npm run bench:results`: runs benchmarks and writes bench/RESULTS.md. See bench/README.md. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stopSignal } from "../tools/flags.ts";
import { readCommandLine } from "./harness/command-line.ts";
import { errorText } from "./harness/error-text.ts";
import { benchmarkNames } from "./harness/found.ts";
import { resultsPage } from "./harness/results-page.ts";
import { runAndPrint } from "./harness/run-and-print.ts";
import { allSaved, save } from "./harness/saved.ts";

const LONGEST_MS = 24 * 3_600_000;
const PAGE = join(import.meta.dirname, "RESULTS.md");

const signal = stopSignal(LONGEST_MS);
try {
  const { names, json, ...options } = readCommandLine(process.argv.slice(2));
  if (options.short || json !== undefined) throw new Error("results are those of full runs, and kept in bench/results");
  for await (const saved of runAndPrint(names.length > 0 ? names : benchmarkNames(), { ...options, signal }))
    save(saved);
  // Those that did not run now are as they were kept, if they still exist.
  const known = benchmarkNames();
  const all = allSaved().filter(({ name }) => known.includes(name));
  writeFileSync(PAGE, resultsPage(existsSync(PAGE) ? readFileSync(PAGE, "utf8") : "", all));
} catch (error) {
  process.stderr.write(`${errorText(error)}\n`);
  process.exitCode = 1;
}
