import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Agent, startAgent } from "../../src/agent/index.ts";
import { formatDiagnostic, loadPlan, type Plan } from "../../src/config/index.ts";
import type { Log } from "../../src/plugin/index.ts";

/** A folder with a configuration in it, and the agent that runs it. */
export interface TestAgent {
  readonly folder: string;
  /** Each line of the log from `info` on. */
  readonly log: readonly string[];
  /** Loads the file and starts an agent. @throws Error with the diagnostics */
  readonly start: () => Promise<Agent>;
  /** Removes the folder; stop the agent before. */
  readonly remove: () => Promise<void>;
}

/** Writes a configuration into a folder of its own, to which its relative paths lead. */
export async function testAgent(configuration: string): Promise<TestAgent> {
  const folder = await mkdtemp(join(tmpdir(), "fieldline-agent-"));
  const file = join(folder, "fieldline.yaml");
  await writeFile(file, configuration);
  const lines: string[] = [];
  const write = (fields: object, message: string) => void lines.push(`${message} ${JSON.stringify(fields)}`);
  const log: Log = { debug: () => undefined, info: write, warn: write, error: write };
  const start = async () => startAgent(await planOf(file), log);
  return { folder, log: lines, start, remove: () => rm(folder, { recursive: true, force: true }) };
}

async function planOf(file: string): Promise<Plan> {
  const { plan, diagnostics } = await loadPlan(file);
  if (plan === undefined) throw new Error(diagnostics.map(formatDiagnostic).join("\n"));
  return plan;
}

/** The `inputs` of a configuration whose first one takes bare values from topics such as `bbq/kettle/temp`. */
export function grill(url: string): string {
  return `inputs:
  grill:
    type: mqtt
    url: ${url}
    topics: ["bbq/{grill}/{field}"]
    decode: { type: value, measurement: bbq }
`;
}
