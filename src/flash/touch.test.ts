import { execFile } from "node:child_process";
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { plugIn } from "../../test/parts/pty.ts";
import { touch } from "./touch.ts";

const never = new AbortController().signal;

/** A Leonardo at a pseudo-terminal; and a folder for the other ports. */
async function plugInLeonardo() {
  const folder = await mkdtemp(join(tmpdir(), "fieldline-touch-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const board = await plugIn(join(folder, "board"));
  onTestFinished(board.unplug);
  const other = join(folder, "ttyACM1");
  await writeFile(other, "");
  return { folder, port: board.path, other };
}

/** Lists other ports at each look. */
function looks(...lists: string[][]) {
  return async () => lists.shift() ?? [];
}

describe("a Leonardo's bootloader", () => {
  it("is called by the board's port, and found under whatever name it comes", async () => {
    const { port, other } = await plugInLeonardo();
    const paths = looks(["/dev/ttyS0", port], ["/dev/ttyS0", port], ["/dev/ttyS0"], ["/dev/ttyS0", other]);
    expect(await touch(port, never, paths)).toBe(other);
    expect((await promisify(execFile)("stty", ["-F", port, "speed"])).stdout).toBe("1200\n");
  });

  it("may come back under the same name", async () => {
    const { port } = await plugInLeonardo();
    expect(await touch(port, never, looks([port], [], [port]))).toBe(port);
  });

  it("may come back under the name that a link to the board led to", async () => {
    const { port: link } = await plugInLeonardo();
    const device = await realpath(link);
    expect(await touch(link, never, looks([device], [], [device]))).toBe(device);
  });

  it("is waited for until it may be opened", async () => {
    const { folder, port } = await plugInLeonardo();
    const late = join(folder, "ttyACM2");
    let seen = 0;
    const paths = async () => {
      if (seen++ === 3) await writeFile(late, "");
      return seen === 1 ? [port] : [late];
    };
    expect(await touch(port, never, paths)).toBe(late);
    expect(seen).toBeGreaterThan(3);
  });
});
