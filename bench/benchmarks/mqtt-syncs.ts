import type { Benchmark, Result, RunOptions } from "../harness/benchmark.ts";
import { compare, interleaveAll } from "../harness/interleave.ts";
import { bareClient, oursOnSlowDisk } from "../parts/collectors.ts";
import type { Collector } from "../parts/collector.ts";
import { doWork } from "../parts/do-work.ts";

const SYNCS_MS = [1, 5, 20];
const WINDOWS = [20, 1_000];
/** More than any of them reaches: no load takes much longer than it is planned for. */
const FASTEST = 100_000;

export default {
  name: "mqtt-syncs",
  summary:
    "Messages a second by MQTT QoS 1 with syncs that take long, all of them found in the sink; the floor is the smaller of the bare client, which acknowledges at once, with the same window, and window / sync time.",
  limit:
    "Between two syncs lie the acknowledgements' way to the broker, the next window's way back, its messages being taken, and two hand-overs between threads: half a millisecond for 20 messages, 5 to 8 ms for 1,000, on two cores that broker, sink and agent share. With syncs of 1 ms that is a third of the time. A sync that begins before the window has come is quicker once and slower ever after (docs/decisions/0015-syncs-for-whole-windows.md).",
  run,
} satisfies Benchmark;

async function run(options: RunOptions): Promise<Result[]> {
  const seconds = options.short ? 0.5 : 2;
  const measure = async (collector: Collector, window: number, atMost: number) => {
    const counted = Math.ceil(Math.min(FASTEST, atMost) * seconds);
    const work = { qos: 1, window, warmUp: counted, counted } as const;
    return (await doWork(collector, work, options.signal)).taken;
  };
  const cases = WINDOWS.flatMap((window) =>
    SYNCS_MS.map((syncMs) => ({ window, syncMs, most: mostOf(window, syncMs) })),
  );
  const measured = await interleaveAll(options, {
    ...Object.fromEntries(WINDOWS.map((window) => [window, () => measure(bareClient, window, FASTEST)])),
    ...Object.fromEntries(
      cases.map(({ window, syncMs, most }) => [
        `${window} ${syncMs}`,
        () => measure(oursOnSlowDisk(syncMs), window, most),
      ]),
    ),
  });
  return cases.map(({ window, syncMs, most }): Result => {
    const floors = (measured[window] ?? []).map((bare) => Math.min(bare, most));
    const { ours, floor, ratio } = compare(measured[`${window} ${syncMs}`] ?? [], floors);
    return {
      what: `messages acknowledged, window ${window}, syncs of ${syncMs} ms`,
      unit: "/s",
      ours,
      floor: { what: floor.median === most ? "window / sync time" : bareClient.name, value: floor },
      ratio,
      target: { atLeast: 0.8 },
    };
  });
}

/** Messages a second when each sync lets one window through. */
function mostOf(window: number, syncMs: number): number {
  return window / (syncMs / 1_000);
}
