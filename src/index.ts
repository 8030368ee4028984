/** Fieldline as a library: load a plan, run an agent. */
export { type Agent, type AgentSummary, startAgent } from "./agent/index.ts";
export { type Diagnostic, formatDiagnostic, type Loaded, loadPlan, type Plan } from "./config/index.ts";
export { createLog, type LogFormat, type LogLevel } from "./observe/index.ts";
