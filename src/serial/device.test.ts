import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { findProgram } from "../../test/parts/program.ts";
import { plugIn } from "../../test/parts/pty.ts";
import { openDevice } from "./index.ts";

/** A board at a pseudo-terminal that answers nothing, so that avrdude tries for seconds. */
async function mutePort() {
  const folder = await mkdtemp(join(tmpdir(), "fieldline-device-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const board = await plugIn(join(folder, "board"));
  onTestFinished(() => board.unplug());
  return board;
}

/** An avrdude that asks for a board at a port. */
async function startAvrdude(...port: readonly string[]) {
  const avrdude = spawn(findProgram("avrdude"), ["-c", "arduino", "-p", "m328p", ...port]);
  onTestFinished(() => void avrdude.kill("SIGKILL"));
  await once(avrdude, "spawn");
  return avrdude;
}

const open = async (path: string) => (await openDevice(path, { baud: 115_200 }, 1_000)).close();

describe.runIf(process.platform === "linux")("a port", () => {
  it.each([" ", ""])("is not opened while avrdude writes to it, called with -P%sPORT", async (gap) => {
    const { path } = await mutePort();
    const avrdude = await startAvrdude(...`-P${gap}${path}`.split(" "));
    await expect(open(path)).rejects.toThrow(`${path} is left alone while avrdude, process ${avrdude.pid}, writes`);
    avrdude.kill("SIGKILL");
    await once(avrdude, "exit");
    await expect(open(path)).resolves.toBeUndefined();
  });

  it("is opened while avrdude writes to another", async () => {
    const [one, other] = [await mutePort(), await mutePort()];
    await startAvrdude("-P", one.path);
    await expect(open(other.path)).resolves.toBeUndefined();
  });
});
