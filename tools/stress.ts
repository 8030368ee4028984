/**
 * Runs the journal's model test for millions of steps, and restarts a journal in real files: see CONTRIBUTING.md.
 */
import { inspect } from "node:util";
import { runHistories } from "../test/parts/journal-histories.ts";
import { restartRealJournal } from "../test/stress/real-restarts.ts";
import { flags, stopSignal } from "./flags.ts";

const SAY_EVERY_MS = 10_000;
const STEPS_A_RESTART = 5_000;
const MOST_RESTARTS = 500;

const { steps, seed, minutes } = flags("CONTRIBUTING.md", {
  steps: { otherwise: 2_000_000, most: 1_000_000_000 },
  seed: { otherwise: Date.now() % 2 ** 31, most: 2 ** 31 },
  minutes: { otherwise: 24 * 60, most: 24 * 60 },
});
const asked = stopSignal(2 ** 31 - 1);
const late = AbortSignal.timeout(minutes * 60_000);
const signal = AbortSignal.any([asked, late]);
const say = (line: string) => void process.stdout.write(`${line}\n`);

const begun = performance.now();
let [done, said] = [0, begun];
const speed = () => `${Math.round(done / ((performance.now() - begun) / 1_000))} steps a second`;
const onProgress = (steps: number, histories: number) => {
  done = steps;
  if (performance.now() - said < SAY_EVERY_MS) return;
  said = performance.now();
  say(`${steps} steps in ${histories} histories, ${speed()}`);
};

say(`the same again: npm run stress -- --steps ${steps} --seed ${seed}`);
try {
  await runHistories({ seed, steps, signal, say: onProgress });
} catch (error) {
  fail(error);
}
say(`${done} steps, ${speed()}`);
try {
  const restarts = Math.min(MOST_RESTARTS, Math.ceil(done / STEPS_A_RESTART));
  const { readings } = await restartRealJournal({ seed, restarts, signal: asked });
  say(`${restarts} restarts with real files, ${readings} readings`);
  if (process.exitCode === undefined) say("nothing is lost");
} catch (error) {
  fail(error);
}

/** That the time is up is no failure. */
function fail(error: unknown): void {
  if (late.aborted && !asked.aborted) return;
  say(`FAILED: ${inspect(error)}`);
  process.exitCode = 1;
}
