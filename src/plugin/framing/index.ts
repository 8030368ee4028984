export * from "./create-framer.ts";
export * from "./framer.ts";
export * from "./settings.ts";
export * from "./tell-losses.ts";
