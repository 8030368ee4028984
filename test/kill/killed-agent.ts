import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { testAgent } from "../parts/agent.ts";
import { type RunningCommand, startCommand } from "../parts/command.ts";
import { until } from "../parts/program.ts";
import { isBehind, powerCut } from "./power-cut.ts";

/** How long a power cut waits for a moment at which it takes something. */
const PATIENCE_MS = 1_000;

export interface Settings {
  readonly broker: string;
  readonly influxd: string;
  readonly sink: string;
}

/** What a reload changes: the outputs' batches, and with the keepalive the input. */
interface Changes {
  readonly batch: number;
  readonly keepalive: number;
}

/** `fieldline run` as a process of its own, which is killed and started again on the same data. */
export interface KilledAgent {
  readonly kills: () => number;
  /** Of these, those that took something which was written and not synced: none without power cuts. */
  readonly losses: () => number;
  /** All that the present process has printed. */
  readonly log: () => string;
  /** Ends it with SIGKILL and starts another. @throws Error with its log when it had ended by itself */
  readonly kill: () => Promise<void>;
  /** Writes the configuration and sends SIGHUP. */
  readonly reload: (changes: Changes | "mistake") => Promise<void>;
  /** Puts the last right configuration back after a mistake. */
  readonly mend: () => Promise<void>;
  /** What is in the rejects of an output: each entry as a line of JSON. */
  readonly rejects: (output: string) => Promise<readonly string[]>;
  /** Ends it with SIGTERM and returns its exit status. */
  readonly stop: () => Promise<number | null>;
  readonly remove: () => Promise<void>;
}

/**
 * Starts the agent in a folder of its own.
 * @param chance gives numbers from 0 to 1; with it a kill is a power cut, which takes some of what was not synced
 */
export async function startKilledAgent(settings: Settings, chance?: () => number): Promise<KilledAgent> {
  let right = configuration(settings, { batch: 500, keepalive: 60 });
  const { folder, remove } = await testAgent(right);
  const write = (text: string) => writeFile(join(folder, "fieldline.yaml"), text);
  const root = join(folder, "state");
  await mkdir(root);
  let kills = 0;
  let losses = 0;
  const disk = () => join(folder, `disk-${kills}`);
  const start = () => startCommand(["run"], folder, chance === undefined ? {} : powerLoss(root, disk()));
  let command: RunningCommand = start();
  const endNow = async () => {
    command.child.kill("SIGKILL");
    await command.exit;
  };
  const assertRuns = () => {
    const { exitCode, signalCode } = command.child;
    if (exitCode === null && signalCode === null) return;
    throw new Error(`the agent ended by itself with ${exitCode ?? signalCode}:\n${command.stderr().slice(-4_000)}`);
  };
  return {
    kills: () => kills,
    losses: () => losses,
    log: () => command.stderr(),
    kill: async () => {
      assertRuns();
      const somethingToTake = () => isBehind(root, disk());
      if (chance !== undefined) await until("something unsynced", somethingToTake, PATIENCE_MS).catch(() => {});
      await endNow();
      if (chance !== undefined && (await powerCut(root, disk(), chance)) > 0) losses += 1;
      kills += 1;
      command = start();
    },
    reload: async (changes) => {
      if (changes !== "mistake") right = configuration(settings, changes);
      await write(changes === "mistake" ? `${right}nonsense: true\n` : right);
      assertRuns();
      command.child.kill("SIGHUP");
    },
    mend: () => write(right),
    rejects: async (output) => {
      const text = await readFile(join(root, "data", "rejects", `${output}.jsonl`), "utf8").catch(() => "");
      return text.split("\n").filter((line) => line !== "");
    },
    stop: () => command.stop(),
    remove: async () => {
      await endNow();
      await remove();
    },
  };
}

/** The environment of a process that keeps its files in `root`, and may lose power: see power-loss.child.ts. */
export function powerLoss(root: string, disk: string): NodeJS.ProcessEnv {
  const child = pathToFileURL(join(import.meta.dirname, "power-loss.child.ts")).href;
  return { NODE_OPTIONS: `--import ${child}`, POWER_LOSS_ROOT: root, POWER_LOSS_DISK: disk };
}

function configuration({ broker, influxd, sink }: Settings, { batch, keepalive }: Changes): string {
  const batches = `batch: { max_points: ${batch}, max_wait: 100ms }`;
  return `version: 1
agent: { http: false, data_dir: state/data }
inputs:
  numbers:
    type: mqtt
    url: ${broker}
    topics: ["kill/{publisher}/{field}"]
    keepalive: ${keepalive}s
    decode: { type: value, measurement: kill }
outputs:
  influx: { type: influxdb, url: "${influxd}", database: kill, create_database: true, ${batches} }
  sink: { type: influxdb, url: "${sink}", database: kill, ${batches} }
`;
}
