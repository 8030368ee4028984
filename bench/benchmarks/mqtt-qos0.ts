import type { Benchmark, Result, RunOptions, Target } from "../harness/benchmark.ts";
import { bareClient, ours } from "../parts/collectors.ts";
import { doInTurn, rowBeside } from "../parts/do-in-turn.ts";
import { findPeer } from "../parts/peers.ts";

const FULL = { warmUp: 200_000, counted: 500_000 };
const SHORT = { warmUp: 100_000, counted: 100_000 };
const PEER_TARGETS: Readonly<Record<string, Target>> = { "fluent-bit": { atMost: 1.3, stretch: 1 } };

export default {
  name: "mqtt-qos0",
  summary:
    "CPU for 70 bytes of JSON by MQTT QoS 0 through the journal on disk to a gzip HTTP sink; the floor is bare mqtt.js, JSON.parse, texts put together, the same gzip and POST.",
  run,
} satisfies Benchmark;

async function run(options: RunOptions): Promise<Result[]> {
  const peers = options.vs.map(findPeer);
  const work = { qos: 0, ...(options.short ? SHORT : FULL) } as const;
  const all = await doInTurn([ours, bareClient, ...peers], work, options);
  const row = { what: "CPU per message", unit: "us" };
  return [
    rowBeside(all, bareClient, "cpuUs", { ...row, target: { atMost: 0.8, stretch: 0.5 } }),
    ...peers.map((peer) => rowBeside(all, peer, "cpuUs", { ...row, target: PEER_TARGETS[peer.name] })),
  ];
}
