import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const main = fileURLToPath(new URL("main.ts", import.meta.url));
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fieldline-cache-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Asks for the version, with these variables and no others. */
function start(environment: NodeJS.ProcessEnv) {
  const { PATH } = process.env;
  const env = { PATH, NODE_NO_WARNINGS: "1", ...environment };
  return spawnSync(process.execPath, [main, "--version"], { encoding: "utf8", env });
}

const WELL = { status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string, stderr: "" };

describe("what Node has compiled", () => {
  it.each([
    ["the cache folder of a unit of systemd", "CACHE_DIRECTORY", "compiled"],
    ["the user's cache folder", "XDG_CACHE_HOME", "fieldline/compiled"],
    ["the user's home", "HOME", ".cache/fieldline/compiled"],
  ])("is kept in %s, for the user alone", (_what, variable, below) => {
    expect(start({ [variable]: folder })).toMatchObject(WELL);
    const kept = join(folder, below);
    expect(statSync(kept).mode & 0o777).toBe(0o700);
    expect(readdirSync(kept)).not.toEqual([]);
  });

  it("is kept nowhere without one, and all works", () => {
    expect(start({ XDG_CACHE_HOME: "relative" })).toMatchObject(WELL);
    expect(existsSync("relative")).toBe(false);
  });

  it("is kept nowhere when the folder cannot be made, and all works", () => {
    writeFileSync(join(folder, "file"), "");
    expect(start({ XDG_CACHE_HOME: join(folder, "file") })).toMatchObject(WELL);
  });

  it("is neither kept in nor taken from a folder that others may write to", () => {
    const open = join(folder, "fieldline/compiled");
    mkdirSync(open, { recursive: true });
    chmodSync(open, 0o777);
    expect(start({ XDG_CACHE_HOME: folder })).toMatchObject(WELL);
    expect(readdirSync(open)).toEqual([]);
  });

  it("is not kept for who wants none", () => {
    expect(start({ XDG_CACHE_HOME: folder, NODE_DISABLE_COMPILE_CACHE: "1" })).toMatchObject(WELL);
    expect(readdirSync(join(folder, "fieldline/compiled"))).toEqual([]);
  });
});
