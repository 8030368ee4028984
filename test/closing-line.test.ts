import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../", import.meta.url));
let folder: string;

beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "fieldline-closing-"))));
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs these test files, which get vitest's functions as globals, and gives the last line and the exit status. */
function run(files: Readonly<Record<string, string>>): {
  readonly last: string | undefined;
  readonly status: number | null;
} {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const reporter = join(root, "tools/closing-line.ts");
  const args = [join(root, "node_modules/vitest/vitest.mjs"), "run", "--globals", "--root", folder];
  const ended = spawnSync(process.execPath, [...args, "--reporter=default", `--reporter=${reporter}`], {
    cwd: folder,
    encoding: "utf8",
  });
  return { last: ended.stdout.trimEnd().split("\n").at(-1), status: ended.status };
}

describe("the closing line of the tests", () => {
  it("counts what passed, and the exit status is 0", () => {
    expect(run({ "a.test.js": "it('a', () => {}); it('b', () => {})" })).toEqual({
      last: "2 passed, 0 failed",
      status: 0,
    });
  });

  it("counts failed tests, files that cannot be loaded and skipped tests", () => {
    const files = {
      "a.test.js": "it('a', () => {}); it('b', () => { throw new Error('no') }); it.skip('c', () => {})",
      "b.test.js": "throw new Error('no')",
    };
    expect(run(files)).toEqual({ last: "1 passed, 2 failed, 1 skipped", status: 1 });
  });

  it("counts an error outside of any test", () => {
    const files = {
      "a.test.js":
        "it('a', async () => { void Promise.reject(new Error('no')); await new Promise((r) => setTimeout(r, 50)); })",
    };
    expect(run(files)).toEqual({ last: "1 passed, 1 failed", status: 1 });
  });
});
