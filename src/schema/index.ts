export * from "./describe.ts";
export * from "./json-schema.ts";
export * from "./nearest.ts";
export * from "./problem.ts";
export * from "./scalars.ts";
export * from "./settings.ts";
export * from "./units.ts";
export * from "./validate.ts";
