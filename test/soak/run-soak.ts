import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startPublishers } from "../kill/publishers.ts";
import { testAgent } from "../parts/agent.ts";
import { type RunningCommand, startCommand } from "../parts/command.ts";
import { type Influxd, startInfluxd } from "../parts/influxd.ts";
import { type Mosquitto, startMosquitto } from "../parts/mosquitto.ts";
import { freePort } from "../parts/program.ts";
import { startVictoriaMetrics, type VictoriaMetrics } from "../parts/victoria-metrics.ts";
import { type Probe, startProbe } from "./probe.ts";
import type { Sample } from "./verdict.ts";

/** How long the end may take without progress before what is missing counts as lost. */
const PATIENCE_MS = 120_000;
const OUTAGE_MS = 15_000;

export interface SoakOptions {
  readonly minutes: number;
  /** Messages a second. */
  readonly rate: number;
  /** Between two looks at the agent, in milliseconds. */
  readonly sampleMs: number;
  /** Between two outages, in milliseconds. */
  readonly outageMs: number;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

export interface SoakReport {
  /** Numbered messages that the broker accepted. */
  readonly accepted: number;
  /** How many of them a store lacks. */
  readonly missing: { readonly influx: number; readonly victoria: number };
  readonly outages: number;
  readonly samples: readonly Sample[];
  /** Of the agent's end, with SIGTERM. */
  readonly exitStatus: number | null;
}

interface Stage {
  readonly options: SoakOptions;
  readonly broker: Mosquitto;
  readonly influxd: Influxd;
  readonly victoria: VictoriaMetrics;
  readonly command: RunningCommand;
  readonly probe: Probe;
  readonly folder: string;
}

/**
 * Runs one agent for minutes while messages flow and its surroundings come and go, and looks at it again and again.
 * Removes all that it started, also when it fails.
 * @throws Error when a part does not come back or the agent ends by itself, or the signal's reason
 */
export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  await using parts = new AsyncDisposableStack();
  const keep = <T extends { remove(): Promise<void> }>(part: T): T => parts.adopt(part, () => part.remove());
  const broker = keep(await startMosquitto({ settings: QUIET }));
  const [influxd, victoria] = [keep(await startInfluxd()), keep(await startVictoriaMetrics())];
  const { folder } = keep(await testAgent(configuration(broker.url, influxd.url, victoria.url, await freePort())));
  const probe = keep(await startProbe(folder));
  const command = parts.adopt(startCommand(["run"], folder, probe.environment), async (agent) => {
    await agent.stop();
  });
  const stage: Stage = { options, broker, influxd, victoria, command, probe, folder };
  await subscribed(stage);
  const publishers = keep(await startPublishers(broker, options.rate, String));

  const end = Date.now() + options.minutes * 60_000;
  const running = new AbortController();
  const within = { signal: AbortSignal.any([options.signal, running.signal]) };
  const disturbing = disturb(stage, end - OUTAGE_MS * 2, within);
  try {
    const samples = await look(stage, end);
    const outages = await disturbing;
    await publishers.finish();
    const accepted = publishers.published();
    options.say(`${accepted} messages accepted; waiting until all are delivered`);
    const missing = await settle(stage, accepted);
    return { accepted, missing, outages, samples, exitStatus: await command.stop() };
  } finally {
    running.abort();
    await disturbing.catch(() => undefined);
  }
}

/** An hour of every packet in its log would be a gigabyte. */
const QUIET = ["log_type none", "log_type error", "log_type warning", "log_type notice", "log_type information"];

/** Waits until a message comes through, so that none is published before the broker knows the session. */
async function subscribed({ options, broker, influxd }: Stage): Promise<void> {
  const client = await broker.connect();
  for (let stored = 0; stored === 0; stored = await influxd.count("soak", "first", "n")) {
    await client.publishAsync("first/n", "1", { qos: 1 });
    await sleep(200, undefined, { signal: options.signal });
  }
  await client.endAsync();
}

async function look({ options, command, probe, folder }: Stage, end: number): Promise<Sample[]> {
  const samples: Sample[] = [];
  const begun = Date.now();
  while (Date.now() < end) {
    await sleep(options.sampleMs, undefined, { signal: options.signal });
    const { exitCode, pid } = command.child;
    if (exitCode !== null)
      throw new Error(`the agent ended by itself with ${exitCode}:\n${command.stderr().slice(-4_000)}`);
    const vitals = await probe.ask(options.signal);
    const descriptors = (await readdir(`/proc/${pid}/fd`)).length;
    const { files, journal } = await onDisk(join(folder, "data"));
    const sample = { at: Math.round((Date.now() - begun) / 1_000), ...vitals, descriptors, files, journal };
    samples.push(sample);
    options.say(JSON.stringify(sample));
  }
  return samples;
}

/** Files come and go while they are counted. */
async function onDisk(dataDir: string): Promise<{ files: number; journal: number }> {
  const entries = await readdir(dataDir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const segments = files.filter(({ name }) => name.endsWith(".segment"));
  const sizes = await Promise.all(
    segments.map(
      async ({ parentPath, name }) => (await stat(join(parentPath, name)).catch(() => undefined))?.size ?? 0,
    ),
  );
  return { files: files.length, journal: sizes.reduce((sum, size) => sum + size, 0) };
}

/** Takes parts of the surroundings away for a while, one after the other, until `end`. @returns how often */
async function disturb(stage: Stage, end: number, within: { signal: AbortSignal }): Promise<number> {
  const { options, broker, influxd, victoria, command } = stage;
  const away = async (...parts: { stop(): Promise<void>; start(): Promise<void> }[]) => {
    await Promise.all(parts.map((part) => part.stop()));
    await sleep(OUTAGE_MS, undefined, within).catch(() => undefined);
    await Promise.all(parts.map((part) => part.start()));
  };
  const outages: [string, () => Promise<void>][] = [
    ["influxd is away", () => away({ stop: influxd.kill, start: influxd.start })],
    ["VictoriaMetrics is away", () => away(victoria)],
    ["the broker is away", () => away(broker)],
    ["the configuration is reloaded", async () => void command.child.kill("SIGHUP")],
    ["both stores are away", () => away(influxd, victoria)],
  ];
  let count = 0;
  for (;;) {
    await sleep(options.outageMs, undefined, within);
    const outage = outages[count % outages.length];
    if (Date.now() > end || outage === undefined) return count;
    const [what, happen] = outage;
    options.say(what);
    await happen();
    count += 1;
  }
}

/** Waits until no number is missing, or for as long as numbers still arrive. */
async function settle(stage: Stage, accepted: number): Promise<SoakReport["missing"]> {
  const { options, influxd, victoria } = stage;
  const lacking = async (): Promise<SoakReport["missing"]> => ({
    influx: accepted - new Set((await influxd.distinct("soak", "soak", "n")).map(Number)).size,
    victoria: accepted - (await victoria.distinct("soak_n")).length,
  });
  let [missing, progress] = [await lacking(), Date.now()];
  while (missing.influx + missing.victoria > 0 && Date.now() - progress < PATIENCE_MS) {
    await sleep(2_000, undefined, { signal: options.signal });
    const still = await lacking();
    if (still.influx + still.victoria < missing.influx + missing.victoria) progress = Date.now();
    missing = still;
  }
  return missing;
}

function configuration(broker: string, influxd: string, victoria: string, port: number): string {
  return `version: 1
agent: { http: "127.0.0.1:${port}" }
journal: { max_size: 4MiB, max_age: 1m }
inputs:
  numbers:
    type: mqtt
    url: ${broker}
    topics: ["kill/{publisher}/{field}"]
    decode: { type: value, measurement: soak }
  first:
    type: mqtt
    url: ${broker}
    topics: ["first/{field}"]
    decode: { type: value, measurement: first }
outputs:
  influx: { type: influxdb, url: "${influxd}", database: soak, create_database: true, batch: { max_wait: 200ms } }
  victoria: { type: influxdb, url: "${victoria}", database: soak, batch: { max_wait: 200ms } }
`;
}
