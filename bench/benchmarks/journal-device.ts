import { setTimeout as sleep } from "node:timers/promises";
import { writtenBytes } from "../harness/block-device.ts";
import type { Benchmark, Result, RunOptions } from "../harness/benchmark.ts";
import { freePort } from "../harness/free-port.ts";
import { compare } from "../harness/interleave.ts";
import { spreadOf } from "../harness/spread.ts";
import { onStage } from "../harness/stage.ts";
import { type Fieldline, startFieldline } from "../parts/fieldline.ts";
import { startLoadBroker } from "../parts/load.ts";
import { startSink } from "../parts/sink.ts";
import { usualConfiguration } from "../parts/usual-configuration.ts";

/** Messages a second. A broker waits for acknowledgements after so many (QoS 1), which is the agent's max_in_flight. */
const LOADS = [
  { rate: 10, qos: 0 },
  { rate: 100, qos: 0 },
  { rate: 10_000, qos: 0 },
  { rate: 10, qos: 1, window: 20 },
  { rate: 100, qos: 1, window: 20 },
  { rate: 10_000, qos: 1, window: 1_000 },
] as const;
type Load = (typeof LOADS)[number];

/** Of each window; the short form has QoS 0 alone, and one window. */
const SECONDS = { short: 2, long: 10 };

/** All a second. */
interface Window {
  /** Bytes of payload. */
  readonly received: number;
  /** Bytes; undefined where there is no block device. */
  readonly device: number | undefined;
  /** Bytes. */
  readonly process: number;
  readonly syncs: number;
}

/**
 * The whole agent with default settings (syncs after a second at the latest, or when a sender waits), its points
 * delivered: journal, cursors and all that the file system writes for them. What the device writes in as many seconds
 * before the messages, the agent being idle, is taken off. Each window ends with a sync of the file system, so that
 * nothing is left in memory. On a machine that has other work the device's figures are not the agent's alone; those of
 * the process are, but have nothing of the file system's own.
 */
export default {
  name: "journal-device",
  summary:
    "Bytes that reach the disk, and syncs, at 10, 100 and 10,000 messages a second; beside them the payload bytes received.",
  async run(options) {
    const results: Result[] = [];
    for (const load of LOADS) if (!options.short || load.qos === 0) results.push(...(await measure(load, options)));
    return results;
  },
} satisfies Benchmark;

function measure(load: Load, { short, rounds, signal }: RunOptions): Promise<Result[]> {
  const seconds = short ? SECONDS.short : SECONDS.long;
  return onStage(async (keep) => {
    const sink = await keep(startSink({ count: "points" }, { signal }));
    const broker = await keep(startLoadBroker(load, { signal }));
    const pagePort = await freePort();
    const inFlight = "window" in load ? `, max_in_flight: ${load.window}` : "";
    const ends = { brokerPort: broker.port, sinkPort: sink.port, pagePort };
    const agent = await keep(
      startFieldline(usualConfiguration({ ...ends, input: `qos: ${load.qos}${inFlight}` }), { signal }),
    );
    await broker.subscribed(1);

    let sent = 0;
    const send = async (seconds: number) => {
      const count = seconds * load.rate;
      await broker.send({ from: sent, count, rate: load.rate });
      sent += count;
      await sink.points(sent);
    };
    await send(1);
    const windows: Window[] = [];
    while (windows.length < (short ? 1 : rounds)) {
      const idle = await watch(agent, pagePort, () => sleep(seconds * 1_000, undefined, { signal }));
      const busy = await watch(agent, pagePort, () => send(seconds));
      const device = busy.device === undefined ? undefined : busy.device - (idle.device ?? 0);
      windows.push({ ...busy, device });
    }
    return rowsOf(`${load.rate} messages a second, QoS ${load.qos}`, windows);
  });
}

function rowsOf(what: string, windows: readonly Window[]): Result[] {
  const received = windows.map(({ received }) => received);
  const beside = (by: string, written: readonly number[]): Result => {
    const { ours, floor, ratio } = compare(written, received);
    return {
      what: `${what}: written, by the ${by}'s count`,
      unit: "bytes/s",
      ours,
      floor: { what: "payload", value: floor },
      ratio,
    };
  };
  const device = windows.flatMap(({ device }) => device ?? []);
  return [
    ...(device.length === 0 ? [] : [beside("block device", device)]),
    beside(
      "process",
      windows.map(({ process }) => process),
    ),
    { what: `${what}: syncs`, unit: "/s", ours: spreadOf(windows.map(({ syncs }) => syncs)) },
  ];
}

/** What is written and received while something lasts. */
async function watch({ folder, pid }: Fieldline, pagePort: number, what: () => Promise<unknown>): Promise<Window> {
  const look = async () => ({ ...(await metricsOf(pagePort)), ...(await writtenBytes(folder, pid)) });
  const before = await look();
  const begun = performance.now();
  await what();
  const seconds = (performance.now() - begun) / 1_000;
  const after = await look();
  const { device } = after;
  return {
    received: (after.received - before.received) / seconds,
    device: device === undefined ? undefined : (device - (before.device ?? 0)) / seconds,
    process: (after.process - before.process) / seconds,
    syncs: (after.syncs - before.syncs) / seconds,
  };
}

async function metricsOf(pagePort: number): Promise<{ readonly syncs: number; readonly received: number }> {
  const text = await (await fetch(`http://127.0.0.1:${pagePort}/metrics`)).text();
  const valueOf = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1]);
  return {
    syncs: valueOf("fieldline_journal_syncs_total"),
    received: valueOf("fieldline_journal_appended_bytes_total"),
  };
}
