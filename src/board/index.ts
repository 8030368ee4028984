/** The wire of a Fieldline board: firmware/PROTOCOL.md describes it. */
export * from "./banner.ts";
export * from "./board-link.ts";
export * from "./command.ts";
export * from "./conversation.ts";
export * from "./firmware-version.ts";
export * from "./frame.ts";
export * from "./frame-reader.ts";
export * from "./seen-board.ts";
export * from "./is-text.ts";
export * from "./who-answers.ts";
