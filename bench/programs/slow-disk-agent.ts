/**
 * Runs `fieldline.yaml` of the working folder in an agent whose disk takes its time: each fdatasync of the journal
 * lasts so long, no more and no less, and the real one is left out. Writes are real.
 */
import type * as AgentRoom from "../../src/agent/index.ts";
import type * as ConfigRoom from "../../src/config/index.ts";
import type * as JournalRoom from "../../src/journal/index.ts";
import { serve, settingsOf } from "./control.ts";
import { exactWait } from "./exact-wait.ts";

export interface SlowDiskSettings {
  readonly syncMs: number;
}

// What is built, as `fieldline run` is: plugins import "fieldline/plugin", which leads there too.
const room = (name: string) => import(new URL(`../../dist/src/${name}/index.js`, import.meta.url).href);
const { startAgent } = (await room("agent")) as typeof AgentRoom;
const { formatDiagnostic, loadPlan } = (await room("config")) as typeof ConfigRoom;
const { nodeFiles } = (await room("journal")) as typeof JournalRoom;

const { syncMs } = settingsOf() as SlowDiskSettings;
const slowFiles: JournalRoom.FileLayer = {
  ...nodeFiles,
  open: async (path, mode) => ({ ...(await nodeFiles.open(path, mode)), sync: () => exactWait(syncMs) }),
};
const say = (_fields: object, message: string) => void process.stderr.write(`${message}\n`);
const log = { debug: () => {}, info: () => {}, warn: say, error: say };

const { plan, diagnostics } = await loadPlan("fieldline.yaml");
if (plan === undefined) throw new Error(diagnostics.map(formatDiagnostic).join("\n"));
const agent = await startAgent(plan, log, slowFiles);
process.once("SIGTERM", () => void agent.stop().then(() => process.exit(0)));
await serve({}, () => undefined);
