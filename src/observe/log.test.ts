import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { Health } from "./health.ts";
import { withoutPasswords } from "./log.ts";

const LOG = fileURLToPath(new URL("log.ts", import.meta.url));

describe("log", () => {
  it.each([
    ["mqtt://me:secret@host:1883/x", "mqtt://me:***@host:1883/x"],
    ["mqtt://me:se@cret@host", "mqtt://me:***@host"],
    ["mqtt://:secret@host", "mqtt://:***@host"],
    ["from http://a:secret@h/ to https://b:secret@h/", "from http://a:***@h/ to https://b:***@h/"],
    ["http://127.0.0.1:8086/write?who=me@home", "http://127.0.0.1:8086/write?who=me@home"],
  ])("leaves the passwords out of %s", (text, shown) => {
    expect(withoutPasswords(text)).toBe(shown);
  });

  it.each(["json", "pretty"])("leaves them out of nested fields, errors and their causes too, in %s", (format) => {
    const program = `
      const { createLog } = await import(${JSON.stringify(LOG)});
      const cause = new Error("connect mqtt://me:secret@host");
      const err = new Error("lost http://me:secret@host", { cause });
      createLog("info", ${JSON.stringify(format)}).error({ err, deep: [{ url: "ws://me:secret@host" }] }, "at tcp://me:secret@host");
    `;
    const { stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" });
    expect(stderr).toContain("tcp://me:***@host");
    expect(stderr).not.toContain("secret");
  });
});

describe("health", () => {
  it("keeps since when a part is as it is, and shows no password", () => {
    const health = new Health();
    expect(health.set("output a", "failing", "no http://me:secret@host")).toBe(true);
    const [first] = health.parts;
    expect(first?.detail).toBe("no http://me:***@host");
    expect(health.set("output a", "failing", "still")).toBe(false);
    expect(health.parts[0]?.since).toBe(first?.since);
    expect(health.healthy).toBe(false);
    health.set("output a", "ended");
    expect(health.healthy).toBe(true);
  });
});
