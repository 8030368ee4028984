/**
 * Kills the agent at random moments while messages flow, and fails if one is lost: see docs/kill-test.md.
 */
import { parseArgs } from "node:util";
import { faultsOf, runKills } from "../test/kill/run-kills.ts";

/** What a round may take at the most, on a loaded machine. */
const ROUND_MS = 30_000;
const END_MS = 180_000;

const { rounds, rate, seed } = flags();

const stop = new AbortController();
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(name, () => stop.abort(new Error(`stopped by ${name}`)));
const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(rounds * ROUND_MS + END_MS)]);
const say = (line: string) => void process.stdout.write(`${line}\n`);

say(`the same again: npm run kill-test -- --rounds ${rounds} --rate ${rate} --seed ${seed}`);
try {
  const report = await runKills({ rounds, rate, seed, signal, say });
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

/** What the command line asks for; a wrong one is told, and ends the process with status 1. */
function flags() {
  try {
    const { values } = parseArgs({
      options: { rounds: { type: "string" }, rate: { type: "string" }, seed: { type: "string" } },
    });
    return {
      rounds: whole("rounds", values.rounds, 36, 300),
      rate: whole("rate", values.rate, 500, 1_000),
      seed: whole("seed", values.seed, Date.now() % 2 ** 31, 2 ** 31),
    };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}; see docs/kill-test.md\n`);
    return process.exit(1);
  }
}

/** A flag's whole number from 1 to `most`. @throws Error when it is none */
function whole(flag: string, text: string | undefined, otherwise: number, most: number): number {
  const value = text === undefined ? otherwise : Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new Error(`--${flag} takes a whole number from 1 to ${most}, and got ${text}`);
}
