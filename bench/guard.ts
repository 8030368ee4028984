/** `npm run bench:guard`: fails when a few figures have become worse than they are committed. See bench/README.md. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { flags, stopSignal } from "../tools/flags.ts";
import { errorText } from "./harness/error-text.ts";
import { checkGuarded, isLost } from "./harness/guard-check.ts";
import type { Guarded, GuardedBenchmark } from "./harness/guard-figures.ts";
import { measureNoise } from "./harness/guard-noise.ts";
import { thisMachine } from "./harness/machine.ts";
import { jsonOf } from "./harness/saved.ts";

const GUARDED: readonly GuardedBenchmark[] = [
  { name: "codec", rounds: 2 },
  // What the kernel does with the pages varies twofold, and a single pair of the others by half.
  { name: "journal-append", rounds: 3, except: /page cache/ },
  { name: "chain", rounds: 2 },
  { name: "mqtt-qos0", rounds: 2 },
];
const FILE = join(import.meta.dirname, "guard.json");
const LONGEST_MS = 4 * 3_600_000;

const say = (line: string) => void process.stdout.write(`${line}\n`);
const { update, runs } = flags("bench/README.md", { runs: { otherwise: 10, most: 100 } }, ["update"]);
const signal = stopSignal(LONGEST_MS);
try {
  await (update ? rewrite() : check());
} catch (error) {
  process.stderr.write(`${errorText(error)}\n`);
  process.exitCode = 1;
}

async function check(): Promise<void> {
  if (!existsSync(FILE)) throw new Error("bench/guard.json is not there: npm run bench:guard -- --update");
  const { figures } = JSON.parse(readFileSync(FILE, "utf8")) as { readonly figures: readonly Guarded[] };
  const checked = await checkGuarded(GUARDED, figures, signal);
  for (const row of checked) {
    const { benchmark, what, ratio, now, loss, tolerance } = row;
    const verdict = `${percent(loss)} worse, ${percent(tolerance)} allowed`;
    say(
      `${isLost(row) ? "FAILED" : "ok"} ${benchmark}, ${what}: ${now.toFixed(2)} x, was ${ratio.toFixed(2)} x; ${verdict}`,
    );
  }
  if (checked.some(isLost)) process.exitCode = 1;
}

async function rewrite(): Promise<void> {
  const figures = await measureNoise(GUARDED, runs, signal, say);
  const { cpu, cores, node, date } = thisMachine();
  writeFileSync(FILE, jsonOf({ cpu, cores, node, date, runs, figures }));
  for (const { benchmark, what, ratio, tolerance } of figures)
    say(`${benchmark}, ${what}: ${ratio.toFixed(2)} x, ${percent(tolerance)} allowed`);
}

function percent(part: number): string {
  return `${Math.round(part * 100)} %`;
}
