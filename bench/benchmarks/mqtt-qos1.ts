import type { Benchmark, Result, RunOptions, Target } from "../harness/benchmark.ts";
import { bareClient, mqttAlone, ours } from "../parts/collectors.ts";
import { doInTurn, rowBeside } from "../parts/do-in-turn.ts";
import { findPeer } from "../parts/peers.ts";

const FULL = { warmUp: 200_000, counted: 1_000_000 };
const SHORT = { warmUp: 100_000, counted: 100_000 };
const WINDOW = 20_000;
const PEER_TARGETS: Readonly<Record<string, Target>> = { "fluent-bit": { atLeast: 1 } };

export default {
  name: "mqtt-qos1",
  summary:
    "Messages a second by MQTT QoS 1, 20,000 in flight, each acknowledged after fdatasync; the floor is the bare client of mqtt-qos0, which acknowledges at once.",
  run,
} satisfies Benchmark;

async function run(options: RunOptions): Promise<Result[]> {
  const peers = options.vs.map(findPeer);
  const work = { qos: 1, window: WINDOW, ...(options.short ? SHORT : FULL) } as const;
  const all = await doInTurn([ours, bareClient, mqttAlone, ...peers], work, options);
  const acknowledged = { what: "messages acknowledged", unit: "/s" };
  return [
    rowBeside(all, bareClient, "taken", { ...acknowledged, target: { atLeast: 2 } }),
    ...peers.map((peer) => rowBeside(all, peer, "taken", { ...acknowledged, target: PEER_TARGETS[peer.name] })),
    rowBeside(all, mqttAlone, "taken", acknowledged),
    rowBeside(all, bareClient, "delivered", { what: "messages delivered to the sink", unit: "/s" }),
  ];
}
