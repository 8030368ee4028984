export { Agent, type AgentSummary } from "./agent.ts";
export { askRejects } from "./ask-rejects.ts";
export { Daemon, type DaemonOptions } from "./daemon.ts";
export type { ListedReject, RejectsLine, RejectsRequest } from "./rejects.ts";
export { startAgent } from "./start.ts";
export { Systemd } from "./systemd.ts";
export { fromLine } from "./tap.ts";
export { tryPlan, type TryOptions } from "./try.ts";
