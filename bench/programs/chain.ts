/**
 * Takes the same JSON readings through a chain again and again. Arguments: `ours`, which ends with points, or `parse`,
 * which ends with what JSON.parse gives, and how many readings. Prints the CPU time per reading, in microseconds, of
 * what comes after the warm-up.
 */
import { chainOf } from "../../src/agent/chain.ts";
import { loadPlan } from "../../src/config/index.ts";
import type { Reading } from "../../src/model/index.ts";
import { usualConfiguration } from "../parts/usual-configuration.ts";
import { BACKLOG_INPUT, jsonBacklog, receiveTime } from "./backlog.ts";

const READINGS = 50_000;
/** As an outlet reads them from the journal. */
const BLOCK = 1_000;
const WARM_UP = 4;

const text = usualConfiguration({ brokerPort: 1883, sinkPort: 8086 });
const { plan } = await loadPlan("fieldline.yaml", { text });
const output = plan?.outputs[0];
if (plan === undefined || output === undefined) throw new Error("the configuration is wrong");
const chain = chainOf(plan, output, () => {});

const readings: Reading[] = jsonBacklog(READINGS).readings.map((reading, offset) => ({
  ...reading,
  input: BACKLOG_INPUT,
  offset,
  time: receiveTime(offset),
}));
const blocks = Array.from({ length: READINGS / BLOCK }, (_, index) =>
  readings.slice(index * BLOCK, (index + 1) * BLOCK),
);
const sides: Readonly<Record<string, (block: readonly Reading[]) => number>> = {
  ours: (block) => chain.run(block).points.length,
  parse: (block) => block.map(({ payload }) => JSON.parse(payload.toString()) as unknown).length,
};

const [side = "", count = "0"] = process.argv.slice(2);
const take = sides[side];
if (take === undefined) throw new Error(`no such side: ${side}`);
const takeAll = () => {
  for (const block of blocks) if (take(block) !== BLOCK) throw new Error("a reading became no point");
};
for (let round = 0; round < WARM_UP; round += 1) takeAll();
const rounds = Math.ceil(Number(count) / READINGS);
const before = process.cpuUsage();
for (let round = 0; round < rounds; round += 1) takeAll();
const { user, system } = process.cpuUsage(before);
process.stdout.write(`${JSON.stringify({ microseconds: (user + system) / (rounds * READINGS) })}\n`);
