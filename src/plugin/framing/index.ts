export * from "./framer.ts";
export * from "./settings.ts";
