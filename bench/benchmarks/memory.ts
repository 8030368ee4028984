import { fileURLToPath } from "node:url";
import type { Benchmark } from "../harness/benchmark.ts";
import { residentMemory } from "../harness/cpu.ts";
import { compare, interleaveAll } from "../harness/interleave.ts";
import { startProgram } from "../harness/program.ts";
import { onStage } from "../harness/stage.ts";
import { startFieldline } from "../parts/fieldline.ts";
import { startLoadBroker } from "../parts/load.ts";
import { startSink } from "../parts/sink.ts";
import { usualConfiguration } from "../parts/usual-configuration.ts";

const SECONDS = { short: 4, long: 60 };
/** Plain JavaScript: what strips types would be part of the floor otherwise. */
const IDLE_NODE = "require('mqtt'); console.log('{}'); process.stdin.resume()";
const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/**
 * The resident set of both processes (VmRSS), each after the same minute (short: four seconds) side by side. Ours has
 * delivered one message a second meanwhile: the HTTP client is loaded. The live page is on and nobody looks at it.
 */
export default {
  name: "memory",
  summary:
    "Resident memory of a nearly idle agent with one MQTT input and one InfluxDB output, against an idle Node process with mqtt loaded.",
  async run(options) {
    const seconds = options.short ? SECONDS.short : SECONDS.long;
    const { pair } = await interleaveAll(options, { pair: () => measure(seconds, options.signal) });
    const { ours, floor, ratio } = compare(
      pair.map(({ ours }) => ours),
      pair.map(({ floor }) => floor),
    );
    const target = { atMost: 1.5 };
    return [
      {
        what: `resident memory after ${seconds} s`,
        unit: "MiB",
        ours,
        floor: { what: "idle Node with mqtt loaded", value: floor },
        ratio,
        target,
      },
    ];
  },
} satisfies Benchmark;

function measure(seconds: number, signal: AbortSignal) {
  return onStage(async (keep) => {
    const sink = await keep(startSink({ count: "points" }, { signal }));
    const broker = await keep(startLoadBroker({ qos: 1 }, { signal }));
    const idle = await keep(startProgram(process.execPath, ["-e", IDLE_NODE], { signal, folder: ROOT }));
    const ends = { brokerPort: broker.port, sinkPort: sink.port };
    const agent = await keep(startFieldline(usualConfiguration(ends), { signal }));
    await broker.subscribed(1);
    await broker.send({ from: 0, count: seconds, rate: 1 });
    await sink.points(seconds);
    return { ours: residentMemory(agent.pid), floor: residentMemory(idle.pid) };
  });
}
