/** Writes programs to boards by their bootloaders, and tells what is on them. */
export * from "./ask-port.ts";
export * from "./bootloader.ts";
export * from "./bootloaders.ts";
export * from "./choose-port.ts";
export * from "./flash-error.ts";
export * from "./flash-program.ts";
export * from "./intel-hex.ts";
export * from "./known-port.ts";
export * from "./open-port.ts";
export * from "./other-readers.ts";
export * from "./other-tools.ts";
export * from "./program.ts";
export * from "./report-port.ts";
export * from "./stk500.ts";
export * from "./touch.ts";
export * from "./upload.ts";
