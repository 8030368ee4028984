import { cp } from "node:fs/promises";
import { join } from "node:path";
import { agentFolder, startAgent } from "../harness/agent-folder.ts";
import type { Benchmark, Result, RunOptions } from "../harness/benchmark.ts";
import { cpuSeconds } from "../harness/cpu.ts";
import { diskFolder } from "../harness/disk-folder.ts";
import { type Compared, compare, interleaveAll } from "../harness/interleave.ts";
import { startProgram } from "../harness/program.ts";
import { onStage } from "../harness/stage.ts";
import { type LoadBroker, startLoadBroker } from "../parts/load.ts";
import { type Sink, startSink } from "../parts/sink.ts";
import { BACKLOG_INPUT, jsonBacklog, linesBacklog, writeBacklog } from "../programs/backlog.ts";
import type { SinkCounts } from "../programs/null-sink.ts";
import type { ReadyMadeSettings } from "../programs/ready-made.ts";

type Form = ReadyMadeSettings["form"];

/** Whole batches of 5,000. */
const POINTS = { short: 60_000, long: 800_000 };
/** Delivered before those that count, whatever the number of outputs. */
const WARM_UP = { short: 30_000, long: 300_000 };
/** The floor posts all points so often: it takes less time, and CPU time is counted in steps of 10 ms. */
const FLOOR_TIMES = 4;
const FORMS = { json: "JSON messages", lines: "readings of 600 lines" } as const;
const FLOOR = join(import.meta.dirname, "../programs/ready-made.ts");

/**
 * The agent starts with a full journal and its inputs silent. The CPU time of the whole process counts, from when the
 * sink has the first points until it has all: not the start, nor the check of the journal then. Every point has to come
 * once, and compressed to the same size as the floor's: so the lines are the same, too. The short form has JSON alone,
 * and 1 and 4 outputs.
 */
export default {
  name: "drain",
  summary: "A backlog in the journal goes to 1, 2 and 4 outputs, against posting the same ready-made line protocol.",
  limit:
    "The floor has its texts ready and only compresses and posts them. Ours reads each record back and checks it, decodes it, makes a point of it, puts tags of all levels together and writes the line, of which the README has the costs one by one: 1.8 us of JavaScript and 0.7 us of collecting what that leaves behind. Batches of bytes, templates and blocks that die young brought it down from 6 us. Two more such halvings would be needed; what several outputs share costs once.",
  async run(options) {
    const forms: readonly Form[] = options.short ? ["json"] : ["json", "lines"];
    const results: Result[] = [];
    for (const form of forms) results.push(...(await measure(form, options)));
    return results;
  },
} satisfies Benchmark;

/** What a form is measured with. */
interface Bench {
  readonly form: Form;
  /** A data directory with the backlog. */
  readonly template: string;
  readonly broker: LoadBroker;
  readonly sink: Sink;
  readonly points: number;
  readonly warmUp: number;
  /** Gets how many compressed bytes a point took. */
  readonly bodyBytes: number[];
  readonly signal: AbortSignal;
}

function measure(form: Form, options: RunOptions): Promise<Result[]> {
  const { short, signal } = options;
  const points = short ? POINTS.short : POINTS.long;
  const warmUp = short ? WARM_UP.short : WARM_UP.long;
  return onStage(async (keep) => {
    const { path: template } = await keep(Promise.resolve(diskFolder()));
    await writeBacklog(template, form === "json" ? jsonBacklog(points) : linesBacklog(points));
    const broker = await keep(startLoadBroker({}, { signal }));
    const sink = await keep(startSink({ count: "points" }, { signal }));
    const bench: Bench = { form, template, broker, sink, points, warmUp, bodyBytes: [], signal };
    const outputs = short ? (["1", "4"] as const) : (["1", "2", "4"] as const);
    const ours = outputs.map((count) => [count, () => drain(bench, Number(count))] as const);
    const measured = await interleaveAll<string, number>(options, {
      ...Object.fromEntries(ours),
      floor: () => post(bench),
    });
    checkSameness(bench.bodyBytes);
    const between = (one: string, other: string) => compare(measured[one] ?? [], measured[other] ?? []);
    const rows = outputs.map((count) =>
      rowOf(`${FORMS[form]}, outputs: ${count}`, between(count, "floor"), "posting ready-made lines", 2),
    );
    return [...rows, rowOf(`${FORMS[form]}, outputs: 4`, between("4", "1"), "outputs: 1", 1.1)];
  });
}

function rowOf(what: string, { ours, floor, ratio }: Compared, against: string, atMost: number): Result {
  return {
    what: `${what}: CPU per point delivered`,
    unit: "us",
    ours,
    floor: { what: against, value: floor },
    ratio,
    target: { atMost },
  };
}

/** Where batches were cut elsewhere they compress a little differently. */
function checkSameness(bodyBytes: readonly number[]): void {
  if (Math.max(...bodyBytes) > Math.min(...bodyBytes) * 1.01)
    throw new Error(`the bodies came to ${bodyBytes.join(", ")} bytes a point: the lines are not the same`);
}

/** @returns microseconds of CPU time per point and output */
function drain(bench: Bench, outputs: number): Promise<number> {
  return onStage(async (keep) => {
    const folder = await keep(Promise.resolve(agentFolder(configurationOf(bench, outputs))));
    await cp(bench.template, join(folder.path, "data"), { recursive: true });
    const before = await bench.sink.counts();
    const agent = await keep(startAgent(folder, bench.signal));
    return costOf(agent.pid, bench, before, bench.points * outputs);
  });
}

/** @returns microseconds of CPU time per point */
function post(bench: Bench): Promise<number> {
  return onStage(async (keep) => {
    const { form, points, sink, signal } = bench;
    const settings: ReadyMadeSettings = { form, points, sink: sink.port };
    const program = await keep(startProgram(FLOOR, [JSON.stringify(settings)], { signal }));
    const before = await sink.counts();
    const total = points * FLOOR_TIMES;
    const [cost] = await Promise.all([costOf(program.pid, bench, before, total), program.ask({ post: total })]);
    return cost;
  });
}

async function costOf(pid: number, bench: Bench, before: SinkCounts, total: number): Promise<number> {
  const { sink, warmUp, bodyBytes } = bench;
  const warm = await sink.points(before.points + warmUp);
  const cpuBefore = cpuSeconds(pid);
  const after = await sink.points(before.points + total);
  const cpu = cpuSeconds(pid) - cpuBefore;
  const points = after.points - before.points;
  if (points !== total) throw new Error(`of ${total} points ${points} came`);
  bodyBytes.push((after.bytes - before.bytes) / total);
  return (cpu / (after.points - warm.points)) * 1e6;
}

function configurationOf({ form, broker, sink }: Bench, outputs: number): string {
  const input =
    form === "json"
      ? `
    type: mqtt
    url: mqtt://127.0.0.1:${broker.port}
    topics: ["bench/{device}/state"]
    decode: { type: json, measurement: bench, tags: [probe] }`
      : `
    type: stdin`;
  const output = (number: number) => `
  sink${number}: { type: influxdb, url: "http://127.0.0.1:${sink.port}", database: bench, start: beginning }`;
  return `version: 1
agent: { http: false }
inputs:
  ${BACKLOG_INPUT}:${input}
outputs:${Array.from({ length: outputs }, (_, index) => output(index + 1)).join("")}
`;
}
