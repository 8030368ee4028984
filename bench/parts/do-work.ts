import { cpuSeconds } from "../harness/cpu.ts";
import { onStage } from "../harness/stage.ts";
import type { Collector, Work } from "./collector.ts";
import { startSink } from "./sink.ts";

/** What a collector did. */
export interface Done {
  /** Its CPU time a message, in microseconds: from the first counted message until the sink has all their points. */
  readonly cpuUs: number;
  /** Messages a second, from the first until the last is sent or, with QoS 1, acknowledged. */
  readonly taken: number;
  /** Messages a second, from the first sent until the sink has the last; that of `taken` without a delivery. */
  readonly delivered: number;
}

/**
 * Starts a sink, a collector and its load, and has them do the work.
 * @throws Error when a message does not come through
 */
export function doWork(collector: Collector, work: Work, signal: AbortSignal): Promise<Done> {
  return onStage(async (keep) => {
    const sink = await keep(startSink({ count: "numbers" }, { signal, cpus: work.cpus?.others }));
    const { program, load } = await collector.start({ ...work, sinkPort: sink.port, signal }, keep);
    const { warmUp, counted } = work;
    const arrived = async (points: number) => (collector.delivers ? sink.points(points) : undefined);

    try {
      await load.send({ from: 0, count: warmUp });
      await arrived(warmUp);
      const before = cpuSeconds(program.pid);
      const { seconds, begunAt } = await load.send({ from: warmUp, count: counted });
      const counts = await arrived(warmUp + counted);
      const cpuUs = ((cpuSeconds(program.pid) - before) / counted) * 1e6;
      const delivered = counts === undefined ? seconds : (counts.lastAt - begunAt) / 1_000;
      return { cpuUs, taken: counted / seconds, delivered: counted / delivered };
    } catch (error) {
      const printed = program.printed();
      throw new Error(`${collector.name} did not do the work${printed === "" ? "" : `; it printed:\n${printed}`}`, {
        cause: error,
      });
    }
  });
}
