/**
 * Has the agent read a simulated board for an hour at the fastest rate that the line carries, then pulls the plug in the middle of
 * lines again and again, and fails if a reading is lost, wrong or at a wrong time: see docs/board-soak.md.
 */
import { faultsOfFlow, runFlow } from "../test/board/flow.ts";
import { faultsOfUnplugs, runUnplugs } from "../test/board/unplugs.ts";
import { randomFrom } from "../test/kill/faults.ts";
import { flags, stopSignal } from "./flags.ts";

/** What a pull of the plug may take at the most, on a loaded machine. */
const UNPLUG_MS = 15_000;
const END_MS = 180_000;

const { minutes, unplugs, seed } = flags("docs/board-soak.md", {
  minutes: { otherwise: 60, most: 24 * 60 },
  unplugs: { otherwise: 200, most: 10_000 },
  seed: { otherwise: 1 + (Date.now() % 2 ** 31), most: 2 ** 31 },
});
const signal = stopSignal(minutes * 60_000 + unplugs * UNPLUG_MS + END_MS);
const say = (line: string) => void process.stdout.write(`${line}\n`);

say(`the same again: npm run board-soak -- --minutes ${minutes} --unplugs ${unplugs} --seed ${seed}`);
try {
  const flow = await runFlow(minutes * 60, signal);
  say(JSON.stringify({ minutes, ...flow, wrong: flow.wrong.length }));
  const pulled = await runUnplugs(unplugs, randomFrom(seed), signal);
  say(JSON.stringify({ ...pulled, wrong: pulled.wrong.length }));
  const faults = [...faultsOfFlow(flow), ...faultsOfUnplugs(pulled)];
  for (const fault of faults) say(`FAILED: ${fault}`);
  if (faults.length === 0) say("nothing is lost, wrong or at a wrong time");
  process.exitCode = faults.length === 0 ? 0 : 1;
} catch (error) {
  say(`FAILED: ${signal.aborted ? String(signal.reason) : String(error)}`);
  process.exitCode = 1;
}
