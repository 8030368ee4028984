import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { removeAfterEach } from "../../test/parts/cleanup.ts";
import { findProgram } from "../../test/parts/program.ts";
import { plugIn } from "../../test/parts/pty.ts";
import { temporaryFolder } from "../../test/parts/temporary-folder.ts";
import { openDevice } from "./index.ts";

const open = async (path: string) => (await openDevice(path, { baud: 115_200 }, 1_000)).close();

describe.runIf(process.platform === "linux")("a port", () => {
  const { keep, after } = removeAfterEach();

  /** A board that answers nothing, so that avrdude tries for seconds. */
  async function mutePort() {
    const board = await plugIn(join(keep(await temporaryFolder()).path, "board"));
    after(() => board.unplug());
    return board;
  }

  /** An avrdude that asks for a board at a port. */
  async function startAvrdude(...port: readonly string[]) {
    const avrdude = spawn(findProgram("avrdude"), ["-c", "arduino", "-p", "m328p", ...port]);
    after(() => void avrdude.kill("SIGKILL"));
    await once(avrdude, "spawn");
    return avrdude;
  }

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
