import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { importsOf } from "../../test/parts/imports.ts";

const main = fileURLToPath(new URL("main.ts", import.meta.url));

/** Starts the command on a Node that says it is `version`. */
function startOn(version: string) {
  const disguise = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } })`;
  const args = ["--import", `data:text/javascript,${encodeURIComponent(disguise)}`, main, "--version"];
  return spawnSync(process.execPath, args, { encoding: "utf8" });
}

describe("the command's entry", () => {
  it.each(["18.19.0", "22.18.0"])("says on Node %s what is needed, and ends with 1", (version) => {
    const { status, stderr } = startOn(version);
    expect(stderr).toMatch(`fieldline needs Node.js 22.19 or newer, and this is ${version}`);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(status).toBe(1);
  });

  it.each(["22.19.0", "24.0.0"])("goes on on Node %s", (version) => {
    expect(startOn(version).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it("loads nothing that an older Node could fail to read before it has looked", () => {
    expect(importsOf(main, readFileSync(main, "utf8")).filter(({ lazy }) => !lazy)).toEqual([]);
  });
});
