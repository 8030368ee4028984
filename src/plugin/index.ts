/** All that a plugin may import, as "fieldline/plugin". */
export * from "../model/index.ts";
export * from "../schema/index.ts";
export * from "../serial/index.ts";
export * from "../board/index.ts";
export * from "./contract.ts";
export * from "./define.ts";
export * from "./encoded-batch.ts";
export * from "./until-aborted.ts";
export * from "./write-error.ts";
export * from "./emit-window.ts";
export * from "./framing/index.ts";
export * from "./field-type.ts";
export * from "./port-settings.ts";
export * from "./process-each.ts";
export * from "./rejections.ts";
export * from "./replaced.ts";
export * from "./reason-of.ts";
