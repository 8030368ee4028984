import { availableParallelism } from "node:os";
import type { Benchmark, Result, RunOptions } from "../harness/benchmark.ts";
import { spreadOf } from "../harness/spread.ts";
import { bareClient, ours } from "../parts/collectors.ts";
import { doInTurn, rowBeside } from "../parts/do-in-turn.ts";
import { findPeer } from "../parts/peers.ts";

const FULL = { warmUp: 200_000, counted: 500_000 };
const SHORT = { warmUp: 100_000, counted: 100_000 };
const CPUS = { collector: "0", others: "1" };

export default {
  name: "mqtt-one-core",
  summary:
    "Messages a second, QoS 0, from the first sent to the last in the sink, with all of the collector on one CPU and the load and the sink on another.",
  run,
} satisfies Benchmark;

async function run(options: RunOptions): Promise<Result[]> {
  if (availableParallelism() < 2) throw new Error("mqtt-one-core needs two CPUs");
  const peers = options.vs.map(findPeer);
  const work = { qos: 0, cpus: CPUS, ...(options.short ? SHORT : FULL) } as const;
  const all = await doInTurn([ours, bareClient, ...peers], work, options);
  const row = { what: "messages delivered", unit: "/s" };
  const delivered = spreadOf((all[ours.name] ?? []).map((done) => done.delivered));
  return [
    { ...row, ours: delivered, target: { atLeast: 100_000 } },
    ...[bareClient, ...peers].map((each) => rowBeside(all, each, "delivered", { ...row, what: "the same, beside" })),
  ];
}
