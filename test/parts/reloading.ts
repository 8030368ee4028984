import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Daemon } from "../../src/agent/index.ts";
import { formatDiagnostic, loadPlan, type Plan } from "../../src/config/index.ts";
import type { Log } from "../../src/plugin/index.ts";
import { testAgent } from "./agent.ts";
import { until } from "./program.ts";

/** An agent that a daemon keeps running, to be reloaded. */
export interface ReloadingAgent {
  readonly folder: string;
  /** Each line of the log from `info` on. */
  readonly log: readonly string[];
  /** Writes the configuration and has it loaded; resolves with what the log then says of it. */
  readonly reload: (configuration: string) => Promise<string>;
  /** The same without waiting. */
  readonly rush: (configuration: string) => Promise<void>;
  /** Resolves when it has ended by itself. */
  readonly ended: Promise<void>;
  /** Stops it; resolves when it has. */
  readonly stop: () => Promise<void>;
  /** Stops it and removes the folder. */
  readonly remove: () => Promise<void>;
}

const OUTCOME = /is in force|cannot be started|is wrong/;

/**
 * Starts a daemon on a configuration in a folder of its own.
 * @param change what a plan that was loaded is to be instead
 * @param files what else lies in the folder
 */
export async function startReloading(
  configuration: string,
  change: (plan: Plan) => Plan = (plan) => plan,
  files: Readonly<Record<string, string>> = {},
): Promise<ReloadingAgent> {
  const { folder, remove } = await testAgent(configuration);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const file = join(folder, "fieldline.yaml");
  const log: string[] = [];
  const write = (fields: object, message: string) => void log.push(`${message} ${JSON.stringify(fields)}`);
  const out: Log = { debug: () => undefined, info: write, warn: write, error: write };
  const load = async () => {
    const { plan, diagnostics } = await loadPlan(file);
    log.push(...diagnostics.map(formatDiagnostic));
    return plan === undefined ? undefined : change(plan);
  };
  const plan = await load();
  if (plan === undefined) throw new Error(log.join("\n"));
  const started = Promise.withResolvers<void>();
  const daemon = new Daemon({ log: out, load, onRun: () => started.resolve() });
  const done = daemon.run(plan);
  await Promise.race([started.promise, done]);
  const outcomes = () => log.filter((line) => OUTCOME.test(line));
  const stop = async () => {
    daemon.stop();
    await done;
  };
  const rush = async (text: string) => {
    // Half a file could be read by a reload before this one.
    await writeFile(`${file}.new`, text);
    await rename(`${file}.new`, file);
    daemon.reload();
  };
  const reload = async (text: string) => {
    const before = outcomes().length;
    await rush(text);
    await until("the reload", () => outcomes().length > before);
    return outcomes().at(-1) ?? "";
  };
  return { folder, log, reload, rush, ended: done, stop, remove: async () => stop().then(remove) };
}
