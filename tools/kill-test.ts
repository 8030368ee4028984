/**
 * Kills the agent at random moments while messages flow, and fails if one is lost: see docs/kill-test.md.
 */
import { faultsOf, runKills } from "../test/kill/run-kills.ts";
import { flags, stopSignal } from "./flags.ts";

/** What a round may take at the most, on a loaded machine. */
const ROUND_MS = 30_000;
const END_MS = 180_000;

const {
  rounds,
  rate,
  seed,
  "power-loss": powerLoss,
} = flags(
  "docs/kill-test.md",
  {
    rounds: { otherwise: 36, most: 300 },
    rate: { otherwise: 500, most: 1_000 },
    seed: { otherwise: Date.now() % 2 ** 31, most: 2 ** 31 },
  },
  ["power-loss"],
);
const signal = stopSignal(rounds * ROUND_MS + END_MS);
const say = (line: string) => void process.stdout.write(`${line}\n`);

const mode = powerLoss ? " --power-loss" : "";
say(`the same again: npm run kill-test -- --rounds ${rounds} --rate ${rate} --seed ${seed}${mode}`);
try {
  const report = await runKills({ rounds, rate, seed, powerLoss, signal, say });
  const { missing, ...counts } = report;
  say(
    JSON.stringify({ ...counts, missing: { influx: missing.influx.length, sink: missing.sink.length } }, undefined, 2),
  );
  const faults = faultsOf(report, rounds);
  for (const fault of faults) say(`FAILED: ${fault}`);
  if (faults.length === 0) say("nothing is lost");
  process.exitCode = faults.length === 0 ? 0 : 1;
} catch (error) {
  say(`FAILED: ${signal.aborted ? String(signal.reason) : String(error)}`);
  process.exitCode = 1;
}
