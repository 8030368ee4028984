/**
 * Runs an agent for an hour and fails if its memory, handles or files grow, or if a message is lost: see docs/soak.md.
 */
import { runSoak } from "../test/soak/run-soak.ts";
import { tableOf, trendsOf } from "../test/soak/verdict.ts";
import { flags, stopSignal } from "./flags.ts";

const END_MS = 600_000;

const { minutes, rate } = flags("docs/soak.md", {
  minutes: { otherwise: 60, most: 24 * 60 },
  rate: { otherwise: 200, most: 1_000 },
});
const signal = stopSignal(minutes * 60_000 + END_MS);
const say = (line: string) => void process.stdout.write(`${line}\n`);

/** A short run has as many samples and outages as it needs to mean something. */
const pace = minutes < 10 ? { sampleMs: 2_000, outageMs: 10_000 } : { sampleMs: 10_000, outageMs: 60_000 };
try {
  const { accepted, missing, outages, samples, exitStatus } = await runSoak({ minutes, rate, ...pace, signal, say });
  const trends = trendsOf(samples);
  say(["", ...tableOf(trends), ""].join("\n"));
  say(JSON.stringify({ minutes, accepted, missing, outages, exitStatus }));
  const faults = [
    ...trends.filter(({ flat }) => !flat).map(({ measure }) => `${measure} rises`),
    ...Object.entries(missing).flatMap(([store, count]) => (count === 0 ? [] : [`${store} lacks ${count} messages`])),
    ...(exitStatus === 0 ? [] : [`the agent's exit status after SIGTERM is ${exitStatus}`]),
  ];
  for (const fault of faults) say(`FAILED: ${fault}`);
  if (faults.length === 0) say("flat, and all delivered");
  process.exitCode = faults.length === 0 ? 0 : 1;
} catch (error) {
  say(`FAILED: ${signal.aborted ? String(signal.reason) : String(error)}`);
  process.exitCode = 1;
}
