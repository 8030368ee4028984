import { resolve } from "node:path";
import { nearest } from "../schema/index.ts";
import type { Findings } from "./findings.ts";
import { readSettings } from "./item-settings.ts";
import type { AgentPlan, JournalPlan } from "./plan.ts";
import { type FileSettings, fileShape } from "./settings.ts";
import type { Source } from "./source.ts";
import { childOf, type MapNode, without } from "./tree.ts";

const MAX_SIZE = { disk: 2 ** 30, memory: 64 * 2 ** 20 };

/** Reads what the main file says of the agent and the journal; undefined, with diagnostics, when it is not right. */
export function readWhole(
  main: MapNode,
  source: Source,
  hostName: string,
  findings: Findings,
): { readonly agent: AgentPlan; readonly journal: JournalPlan } | undefined {
  const start = { file: source.file, line: 1, column: 1 };
  const empty = [...main.entries].filter(([, { value }]) => value.kind === "nothing").map(([key]) => key);
  const apart = ["inputs", "processors", "outputs", ...empty.filter((key) => Object.hasOwn(fileShape, key))];
  const http = readAddress(main, findings);
  const journal = childOf(main, "journal");
  const durability = journal === undefined ? undefined : childOf(journal, "durability");
  if (durability?.kind === "text" && durability.text === "memory") {
    const message = "durability: memory loses acknowledged readings when the agent ends; use disk unless that is meant";
    findings.warn(durability.at, "journal-in-memory", message);
  }
  const stray = strayKeys(main);
  for (const [key, section] of stray) {
    const message = `"${key}" begins in the column of "${section}", which is empty; if it belongs there, indent it deeper`;
    findings.error(main.entries.get(key)?.key ?? start, "yaml-indentation", message);
  }
  const versioned = main.entries.has("version") && !empty.includes("version");
  if (!versioned) findings.error(start, "missing-setting", 'version is required: begin the file with "version: 1"');
  const whole = readSettings(
    fileShape,
    without(main, apart),
    start,
    findings,
    ({ path: [key] }) => (key === "version" && !versioned) || stray.has(String(key)),
  );
  if (whole === undefined || http === undefined) return undefined;
  return { agent: agentOf(whole, source, hostName, http), journal: journalOf(whole) };
}

/** Unknown keys that follow a section with nothing in it, each with that section. */
function strayKeys(main: MapNode): ReadonlyMap<string, string> {
  const stray = new Map<string, string>();
  let empty: string | undefined;
  for (const [key, { value }] of main.entries) {
    const known = Object.hasOwn(fileShape, key);
    if (known) empty = value.kind === "nothing" ? key : undefined;
    else if (empty !== undefined && nearest(key, Object.keys(fileShape)) === undefined) stray.set(key, empty);
  }
  return stray;
}

function agentOf({ agent }: FileSettings, { folder }: Source, hostName: string, http: AgentPlan["http"]): AgentPlan {
  return {
    name: agent.name ?? hostName,
    tags: new Map(Object.entries(agent.tags ?? {})),
    dataDir: resolve(folder, agent.data_dir),
    http,
    stopTimeoutMs: agent.stop_timeout,
    reload: agent.reload,
  };
}

function journalOf({ journal }: FileSettings): JournalPlan {
  return {
    durability: journal.durability,
    syncIntervalMs: journal.sync_interval,
    maxSize: journal.max_size ?? MAX_SIZE[journal.durability],
    maxAgeMs: journal.max_age,
    whenFull: journal.when_full,
  };
}

const DEFAULT_HTTP = { host: "127.0.0.1", port: 4680 };

/** `agent.http` as an address, or false; undefined, with a diagnostic, when it is neither. */
function readAddress(main: MapNode, findings: Findings): AgentPlan["http"] | undefined {
  const node = childOf(childOf(main, "agent"), "http");
  if (node?.kind !== "text" || node.broken === true) return DEFAULT_HTTP;
  if (node.text === "false") return false;
  const [, host, digits] = /^(\[[0-9A-Fa-f:.]+\]|[^\s:[\]/]+):(\d{1,5})$/.exec(node.text) ?? [];
  const port = Number(digits);
  if (host !== undefined && port <= 65_535) return { host: host.replaceAll(/^\[|\]$/g, ""), port };
  const expected = "expected a host and a port such as 127.0.0.1:4680, or false";
  findings.error(node.at, "bad-address", `agent.http: ${expected}, found ${JSON.stringify(node.text)}`);
  return undefined;
}
