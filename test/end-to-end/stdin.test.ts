import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCommand, startCommand } from "../parts/command.ts";
import { until } from "../parts/program.ts";

const CONFIG = `
version: 1
agent: { http: false, tags: { site: home } }
inputs:
  pipe: { type: stdin }
outputs:
  console: { type: stdout }
`;

describe("a pipe through fieldline run", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "fieldline-pipe-"));
    await writeFile(join(folder, "fieldline.yaml"), CONFIG);
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("brings every line through and ends by itself with status 0", async () => {
    const lines = Array.from({ length: 5_000 }, (_, n) => `m n=${n}i ${1_790_000_000_000_000_000n + BigInt(n)}`);
    const { status, stdout } = await runCommand(["run"], folder, {}, lines.map((line) => `${line}\n`).join(""));
    expect(status).toBe(0);
    expect(stdout.trimEnd().split("\n")).toEqual(lines.map((line) => line.replace("m ", "m,site=home ")));
  });

  it("delivers nothing twice after a clean stop", async () => {
    const first = startCommand(["run"], folder);
    first.child.stdin.write("m n=1 1\nm n=2 2\n");
    await until("the points", () => first.stdout().split("\n").length === 3);
    expect(await first.stop()).toBe(0);
    const second = await runCommand(["run"], folder, {}, "m n=3 3\n");
    expect(second).toMatchObject({ status: 0, stdout: "m,site=home n=3 3\n" });
  });

  it("ends when the reader of its stdout goes away", async () => {
    const command = startCommand(["run"], folder);
    command.child.stdin.on("error", () => undefined);
    command.child.stdout.destroy();
    command.child.stdin.write("m n=1 1\n");
    expect(await command.exit).toBe(2);
    expect(command.stderr()).toMatch(/nobody reads standard output any more/);
  });

  it("refuses a second agent on the same data directory and names the first", async () => {
    const first = startCommand(["run"], folder);
    await until("the first to run", () => first.stderr().includes("runs"));
    await until("the socket", async () => (await runCommand(["run"], folder)).stderr.includes("another agent"));
    const second = await runCommand(["run"], folder);
    expect(second.status).toBe(2);
    expect(second.stderr).toContain(`process ${first.child.pid}`);
    expect(await first.stop()).toBe(0);
  });

  it("reloads on SIGHUP, and goes on with the old configuration when the new one is wrong", async () => {
    const command = startCommand(["run"], folder);
    command.child.stdin.write("m n=1 1\n");
    await until("the first point", () => command.stdout().includes("n=1"));
    await writeFile(join(folder, "fieldline.yaml"), CONFIG.replace("console:", "console: { type: stdotu }\n  other:"));
    command.child.kill("SIGHUP");
    await until("the refusal", () => command.stderr().includes("going on with the one before"));
    expect(command.stderr()).toMatch(/stdotu.*did you mean "stdout"/);
    command.child.stdin.write("m n=2 2\n");
    await until("the second point", () => command.stdout().includes("n=2"));
    await writeFile(join(folder, "fieldline.yaml"), CONFIG.replace("home", "garden"));
    command.child.kill("SIGHUP");
    await until("the reload", () => command.stderr().includes("is in force"));
    command.child.stdin.end("m n=3 3\n");
    expect(await command.exit).toBe(0);
    expect(command.stdout()).toBe("m,site=home n=1 1\nm,site=home n=2 2\nm,site=garden n=3 3\n");
  });
});
