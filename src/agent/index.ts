export { Agent, type AgentSummary } from "./agent.ts";
export { tryPlan, type TryOptions } from "./try.ts";
