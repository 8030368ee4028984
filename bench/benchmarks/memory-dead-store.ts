import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { MAIN } from "../harness/agent-folder.ts";
import type { Benchmark, Result } from "../harness/benchmark.ts";
import { residentMemory } from "../harness/cpu.ts";
import { freePort } from "../harness/free-port.ts";
import { sampleDuring } from "../harness/sample.ts";
import { spreadOf } from "../harness/spread.ts";
import { onStage } from "../harness/stage.ts";
import { type Fieldline, startFieldline } from "../parts/fieldline.ts";
import { startLoadBroker } from "../parts/load.ts";
import { startSink } from "../parts/sink.ts";
import { usualConfiguration } from "../parts/usual-configuration.ts";

/** Messages a second, for each agent. */
const RATE = 10_000;
/** FIELDLINE_BENCH_MINUTES: 60 for the hour that the target names. */
const MINUTES = { short: 0.25, long: 12 };
/** A journal that drops is to be full within the run. */
const DROPS_FROM = { short: "8MiB", long: "256MiB" };
const SAMPLE_MS = 250;
const FLAT = { atMost: 1.1 };

const execute = promisify(execFile);

/**
 * Three agents side by side at the same load, MQTT QoS 0: one whose store takes all, and two whose store refuses
 * connections. The resident set (VmRSS) counts, as sampled in the last third of the run: against the median of the live
 * one, and against its own median in the third before. Every message has to be with the live store, or to have its place in the journal.
 */
export default {
  name: "memory-dead-store",
  summary: `Resident memory at ${RATE} messages a second with a dead store, against the same with a live store; it runs for 12 minutes, or FIELDLINE_BENCH_MINUTES.`,
  limit:
    "Six minutes were run, and the heap had not settled: the third that is compared with began after two of them. Twelve minutes gave 1.02 to 1.16 x. An agent whose store is away takes less than one whose store is there.",
  run: ({ short, signal }) =>
    onStage(async (keep) => {
      const minutes = Number(process.env["FIELDLINE_BENCH_MINUTES"] ?? (short ? MINUTES.short : MINUTES.long));
      const dropsFrom = short ? DROPS_FROM.short : DROPS_FROM.long;
      const messages = RATE * Math.ceil(minutes * 60);
      const sink = await keep(startSink({ count: "points" }, { signal }));
      const broker = await keep(startLoadBroker({}, { signal }));
      const start = async (sinkPort: number, journal: string) => {
        const ends = { brokerPort: broker.port, sinkPort };
        return keep(startFieldline(usualConfiguration({ ...ends, input: "qos: 0", journal }), { signal }));
      };
      const nobody = await freePort();
      const live = await start(sink.port, "max_size: 8GiB");
      const blocking = await start(nobody, "max_size: 8GiB");
      const dropping = await start(nobody, `max_size: ${dropsFrom}, when_full: drop_oldest`);
      const agents = [live, blocking, dropping];
      await broker.subscribed(agents.length);

      const look = () => agents.map(({ pid }) => residentMemory(pid));
      const load = { from: 0, count: messages * agents.length, rate: RATE * agents.length };
      const { found } = await sampleDuring(SAMPLE_MS, look, broker.send(load));
      await sink.points(messages);
      for (const agent of [blocking, dropping]) await checkJournal(agent, messages);

      const samples = (agent: Fieldline, from: number, to: number) =>
        found
          .slice(Math.floor(found.length * from), Math.floor(found.length * to))
          .map((all) => all[agents.indexOf(agent)] ?? Number.NaN);
      const after = `after ${minutes} min`;
      // In a few seconds everything grows.
      const target = short ? undefined : FLAT;
      const row = (what: string, agent: Fieldline, beside: string, floor: readonly number[]): Result => {
        const last = samples(agent, 2 / 3, 1);
        const spread = spreadOf(floor);
        return {
          what: `dead store, ${what}, ${after}`,
          unit: "MiB",
          ours: spreadOf(last),
          floor: { what: beside, value: spread },
          ratio: spreadOf(last.map((value) => value / spread.median)),
          target,
        };
      };
      const rows = (what: string, agent: Fieldline) => [
        row(what, agent, "live store", samples(live, 2 / 3, 1)),
        row(what, agent, "the third before", samples(agent, 1 / 3, 2 / 3)),
      ];
      return [...rows("max_size 8GiB", blocking), ...rows(`max_size ${dropsFrom}, drop_oldest`, dropping)];
    }),
} satisfies Benchmark;

/** @throws Error when fewer messages have got a place in the journal */
async function checkJournal({ folder }: Fieldline, messages: number): Promise<void> {
  const { stdout } = await execute(process.execPath, [MAIN, "journal", "info", "--json"], { cwd: folder });
  const { end } = JSON.parse(stdout) as { readonly end: number };
  if (end < messages) throw new Error(`of ${messages} messages at most ${end} are in the journal`);
}
