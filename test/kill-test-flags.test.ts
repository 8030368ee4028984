import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const TOOL = fileURLToPath(new URL("../tools/kill-test.ts", import.meta.url));

describe("npm run kill-test", () => {
  it.each([
    [["--rounds", "many"], "--rounds takes a whole number from 1 to 300, and got many; see docs/kill-test.md\n"],
    [["--loudly"], "Unknown option '--loudly'; see docs/kill-test.md\n"],
  ])("says of %j what is wrong, in one line, and starts nothing", (flags, stderr) => {
    const run = spawnSync(process.execPath, [TOOL, ...flags], { encoding: "utf8" });
    expect({ status: run.status, stdout: run.stdout, stderr: run.stderr }).toEqual({ status: 1, stdout: "", stderr });
  });
});
