import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Benchmark, Result } from "../harness/benchmark.ts";
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
 * The resident set of both processes (VmRSS), after the same minute (short: four seconds) side by side: first nothing
 * has come, then ours delivers one message a second, which loads the HTTP client. The live page is on and nobody looks at it.
 */
export default {
  name: "memory",
  summary:
    "Resident memory of a nearly idle agent with one MQTT input and one InfluxDB output, against an idle Node process with mqtt loaded.",
  limit:
    "undici takes 27 MiB once something is sent. Loading its pool alone, past its public entrance, would take 14, and was left out: 1.6 x, for an import that any of its releases may break. Before the first point nothing of it is loaded.",
  async run(options) {
    const seconds = options.short ? SECONDS.short : SECONDS.long;
    const { pair } = await interleaveAll(options, { pair: () => measure(seconds, options.signal) });
    const row = (what: string, ours: (each: Measured) => number, floor: (each: Measured) => number): Result => {
      const compared = compare(pair.map(ours), pair.map(floor));
      const named = { what: "idle Node with mqtt loaded", value: compared.floor };
      return { what, unit: "MiB", ours: compared.ours, floor: named, ratio: compared.ratio, target: { atMost: 1.5 } };
    };
    return [
      row(
        `idle for ${seconds} s`,
        ({ idle }) => idle.ours,
        ({ idle }) => idle.floor,
      ),
      row(
        `after ${seconds} s with a message a second`,
        ({ sending }) => sending.ours,
        ({ sending }) => sending.floor,
      ),
    ];
  },
} satisfies Benchmark;

/** Resident memory in MiB. */
interface Pair {
  readonly ours: number;
  readonly floor: number;
}

interface Measured {
  readonly idle: Pair;
  readonly sending: Pair;
}

function measure(seconds: number, signal: AbortSignal): Promise<Measured> {
  return onStage(async (keep) => {
    const sink = await keep(startSink({ count: "points" }, { signal }));
    const broker = await keep(startLoadBroker({ qos: 1 }, { signal }));
    const node = await keep(startProgram(process.execPath, ["-e", IDLE_NODE], { signal, folder: ROOT }));
    const ends = { brokerPort: broker.port, sinkPort: sink.port };
    const agent = await keep(startFieldline(usualConfiguration(ends), { signal }));
    await broker.subscribed(1);
    const look = (): Pair => ({ ours: residentMemory(agent.pid), floor: residentMemory(node.pid) });
    await sleep(seconds * 1_000, undefined, { signal });
    const idle = look();
    await broker.send({ from: 0, count: seconds, rate: 1 });
    await sink.points(seconds);
    return { idle, sending: look() };
  });
}
