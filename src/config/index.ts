export * from "./diagnostic.ts";
export { loadAddedPlugins } from "./added-plugins.ts";
export { CODES } from "./codes.ts";
export * from "./errors-page.ts";
export { fingerprint } from "./fingerprint.ts";
export * from "./kept-decoding.ts";
export { isId } from "./ids.ts";
export * from "./load.ts";
export { momentOf } from "./moment.ts";
export * from "./plan.ts";
export { redactedPlan } from "./redact.ts";
export { loadTreePlugin, loadTreePlugins, PLUGIN_KINDS, treePluginNames } from "./tree-plugins.ts";
export * from "./file-schema.ts";
export * from "./plugin-page.ts";
/** A duration on the command line is written as one in the file, and a wrong name is told as one there. */
export { parseDuration, suggestion } from "../schema/index.ts";
