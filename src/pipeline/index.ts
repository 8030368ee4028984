export * from "./backoff.ts";
export * from "./chain.ts";
export * from "./inlet.ts";
export * from "./outlet.ts";
export * from "./progress.ts";
export * from "./reject.ts";
export * from "./reject-store.ts";
export * from "./when.ts";
