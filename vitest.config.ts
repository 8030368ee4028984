import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    alias: {
      "fieldline/plugin": source("src/plugin/index.ts"),
      "fieldline/testing": source("src/testing/index.ts"),
    },
  },
  test: {
    include: ["src/**/*.test.ts", "plugins/**/*.test.ts", "test/**/*.test.ts", "firmware/**/*.test.ts"],
    // Most tests wait more than they work: for boards, brokers and stores.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
