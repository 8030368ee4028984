export * from "./health.ts";
export * from "./log.ts";
export * from "./metrics.ts";
export * from "./tally.ts";
export * from "./throttle.ts";
export * from "./http.ts";
