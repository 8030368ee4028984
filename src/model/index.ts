export * from "./clock.ts";
export * from "./excerpt.ts";
export * from "./expression.ts";
export * from "./line-protocol/decode.ts";
export * from "./line-protocol/encode.ts";
export * from "./point.ts";
export * from "./reading.ts";
export * from "./timestamp.ts";
