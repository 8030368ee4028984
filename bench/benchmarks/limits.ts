import { join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { Pool } from "undici";
import type { Benchmark, Result, RunOptions } from "../harness/benchmark.ts";
import { cpuSeconds } from "../harness/cpu.ts";
import { interleaveAll } from "../harness/interleave.ts";
import { startProgram } from "../harness/program.ts";
import { spreadOf } from "../harness/spread.ts";
import { onStage } from "../harness/stage.ts";
import { startLoadBroker } from "../parts/load.ts";
import { startSink } from "../parts/sink.ts";

const DISCARDING = join(import.meta.dirname, "../programs/discarding-client.ts");
/** As the default of an output's batches. */
const BATCH = 5_000;

export default {
  name: "limits",
  summary: "What the load broker, with a client that throws all away, and the HTTP sink alone can do at most.",
  run,
} satisfies Benchmark;

/** What one of the programs did: how many a second, and how much of its own CPU time each took. */
interface Limit {
  readonly perSecond: number;
  readonly cpuUs: number;
}

async function run(options: RunOptions): Promise<Result[]> {
  const messages = options.short ? 200_000 : 2_000_000;
  const limits: Record<string, () => Promise<Limit>> = {
    "load, QoS 0": () => loadLimit(options, messages, 0, 0),
    "load, QoS 1, window 20": () => loadLimit(options, messages / 10, 1, 20),
    "load, QoS 1, window 20,000": () => loadLimit(options, messages, 1, 20_000),
    "sink, gzip, points counted": () => sinkLimit(options, messages),
  };
  const measured = await interleaveAll(options, limits);
  return Object.entries(measured).flatMap(([name, all]): Result[] => [
    { what: name, unit: "/s", ours: spreadOf(all.map(({ perSecond }) => perSecond)) },
    { what: `${name}, CPU each`, unit: "us", ours: spreadOf(all.map(({ cpuUs }) => cpuUs)) },
  ]);
}

async function loadLimit(options: RunOptions, count: number, qos: 0 | 1, window: number): Promise<Limit> {
  return onStage(async (keep) => {
    const load = await keep(startLoadBroker({ qos, window }, options));
    await keep(startProgram(DISCARDING, [JSON.stringify({ port: load.port, qos })], options));
    await load.subscribed(1);
    await load.send({ from: 0, count: count / 10 });
    const before = cpuSeconds(load.pid);
    const { seconds } = await load.send({ from: count / 10, count });
    return { perSecond: count / seconds, cpuUs: ((cpuSeconds(load.pid) - before) / count) * 1e6 };
  });
}

/** Posts the same ready-made batch again and again, two at once. */
async function sinkLimit(options: RunOptions, count: number): Promise<Limit> {
  const line = (index: number) =>
    `bench,device=d0,probe=p1 temp_c=${index / 100},hum=41.5,seq=${index},ok=true ${index}`;
  const body = await promisify(gzip)(Array.from({ length: BATCH }, (_, index) => line(index)).join("\n"), { level: 1 });
  return onStage(async (keep) => {
    const sink = await keep(startSink({ count: "points" }, options));
    const pool = new Pool(`http://127.0.0.1:${sink.port}`, { connections: 2 });
    await keep(Promise.resolve({ stop: () => pool.close() }));
    const headers = { "content-encoding": "gzip" };
    const post = async () => (await pool.request({ path: "/write", method: "POST", headers, body })).body.dump();
    const postAll = async (posts: number) => {
      for (let index = 0; index < posts; index += 1) await post();
    };
    const posts = Math.ceil(count / BATCH / 2);
    await postAll(posts / 10);
    const [before, begun] = [cpuSeconds(sink.pid), performance.now()];
    const { points: already } = await sink.counts();
    await Promise.all([postAll(posts), postAll(posts)]);
    await sink.points(already + posts * 2 * BATCH);
    const points = posts * 2 * BATCH;
    const seconds = (performance.now() - begun) / 1_000;
    return { perSecond: points / seconds, cpuUs: ((cpuSeconds(sink.pid) - before) / points) * 1e6 };
  });
}
