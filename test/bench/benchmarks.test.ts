import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { benchmarkNames, loadBenchmark } from "../../bench/harness/found.ts";
import type { Saved } from "../../bench/harness/saved.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const run = (...args: string[]) =>
  promisify(execFile)(process.execPath, [join(root, "bench/run.ts"), ...args], { cwd: root });

describe("the benchmarks", () => {
  it.each(benchmarkNames())("%s is named as its file, says what it does, and is in the README", async (name) => {
    const benchmark = await loadBenchmark(name);
    expect(benchmark.name).toBe(name);
    expect(benchmark.summary).toMatch(/^.{30,300}\.$/);
    expect(await readFile(join(root, "bench/README.md"), "utf8")).toContain(`\n| \`${name}\` `);
  });

  it("print a table and write JSON", async () => {
    const folder = await mkdtemp(join(tmpdir(), "fieldline-bench-test-"));
    try {
      const file = join(folder, "new/limits.json");
      const { stdout } = await run("limits", "--short", "--rounds", "1", "--json", file);
      expect(stdout).toMatch(/^\| limits +\| load, QoS 0 +\| [\d,]+ \/s /m);
      const [saved, ...others] = JSON.parse(await readFile(file, "utf8")) as Saved[];
      expect(others).toEqual([]);
      expect(saved).toMatchObject({ name: "limits", short: true, rounds: 1 });
      expect(saved?.machine.node).toBe(process.versions.node);
      expect(saved?.results.length).toBeGreaterThan(3);
      for (const { ours } of saved?.results ?? []) expect(ours.min).toBeGreaterThan(0);
    } finally {
      await rm(folder, { recursive: true });
    }
  }, 120_000);

  it.each([
    [["brew"], "there is no benchmark brew; there are "],
    [["--rounds", "0"], "--rounds takes a whole number from 1 to 1000, and got 0"],
    [["mqtt-qos0", "--vs", "brew"], "--vs takes telegraf, vector, node-red, fluent-bit, and got brew"],
    [["--loud"], "Unknown option '--loud'"],
  ])("refuse %j", async (args, message) => {
    await expect(run(...args)).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining(message) as string });
  });
});
