export { Agent, type AgentSummary } from "./agent.ts";
export { Daemon, type DaemonOptions } from "./daemon.ts";
export { startAgent } from "./start.ts";
export { tryPlan, type TryOptions } from "./try.ts";
