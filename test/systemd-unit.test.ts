import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { createProgram } from "../src/cli/program.ts";
import { removeAfterEach } from "./parts/cleanup.ts";
import { faultOfCommandLine } from "./parts/command-line.ts";
import { blocksOf } from "./parts/markdown.ts";
import { findProgram } from "./parts/program.ts";

const run = promisify(execFile);
const page = await readFile(new URL("../docs/systemd.md", import.meta.url), "utf8");
const unit = blocksOf(page).find(({ language }) => language === "ini")?.text ?? "";

describe("the unit in docs/systemd.md", () => {
  const { after } = removeAfterEach();

  /** What systemd finds wrong with a unit. Programs that may not be installed here are replaced by one that is. */
  async function verify(text: string): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "fieldline-unit-"));
    after(() => rm(folder, { recursive: true }));
    const file = join(folder, "fieldline.service");
    await writeFile(file, text.replaceAll(/(?<==)(fieldline|\/bin\/kill)(?= )/g, process.execPath));
    const { stdout, stderr } = await run(findProgram("systemd-analyze"), ["verify", "--man=no", file]);
    return [...stdout.split("\n"), ...stderr.split("\n")]
      .filter((line) => line.includes("fieldline.service"))
      .join("\n");
  }

  it("is one that systemd takes, and a wrong line would be found", async () => {
    expect(await verify(unit)).toBe("");
    expect(await verify(unit.replace("WatchdogSec=60s", "WatchdogSec=often"))).toContain("often");
  });

  it("has what the agent needs", () => {
    const settings = new Map(
      unit.split("\n").flatMap((line) => {
        const [, name = "", value = ""] = /^([A-Z]\w+)=(.*)$/.exec(line) ?? [];
        return name === "" ? [] : [[name, value] as const];
      }),
    );
    const needed = {
      Type: "notify",
      NotifyAccess: "all",
      ExecReload: "/bin/kill -HUP $MAINPID",
      Restart: "on-failure",
      RestartPreventExitStatus: "1",
      KillMode: "mixed",
      SupplementaryGroups: "dialout",
    };
    expect(Object.fromEntries(settings)).toMatchObject(needed);
    expect(faultOfCommandLine(createProgram(), settings.get("ExecStart") ?? "")).toBeUndefined();
    expect(settings.get("RestrictAddressFamilies")?.split(" ")).toEqual(expect.arrayContaining(["AF_UNIX", "AF_INET"]));
    // The default stop_timeout is 10 s, and closing may take as long again for a part that hangs.
    expect(Number(settings.get("TimeoutStopSec")?.replace("s", ""))).toBeGreaterThan(30);
    const forbidden = ["MemoryDenyWriteExecute", "PrivateDevices", "DeviceAllow", "ProtectClock"];
    expect(forbidden.filter((name) => settings.has(name))).toEqual([]);
  });
});
