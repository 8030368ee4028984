import { lstatSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { commandText, type Frame, FrameReader } from "../../src/board/index.ts";
import { startPseudoTerminal, startTcpDevice, Uno } from "../../src/demo/index.ts";
import { type Connection, openBridge, openDevice } from "../../src/serial/index.ts";
import { builtFile, makeFirmware } from "../parts/firmware.ts";
import { findProgram, until } from "../parts/program.ts";

let hex: string;
beforeAll(async () => {
  await makeFirmware("uno");
  hex = readFileSync(builtFile("fieldline-uno.hex"), "utf8");
});

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const undo of cleanup.splice(0).toReversed()) await undo();
});

describe("the demonstration's board", () => {
  it("is at a TCP port, runs at the pace of a real one, and is reset by who connects", async () => {
    const board = new Uno(hex);
    const device = await startTcpDevice(board);
    cleanup.push(() => device.close());
    run(board);
    for (let connection = 0; connection < 2; connection++) {
      const { hostname: host, port } = new URL(device.port);
      expect(await kindsSaidOn(await openBridge({ host, port: Number(port) }, AbortSignal.timeout(10_000)))).toMatch(
        /^kinds .*ntc/,
      );
    }
  });

  it("is at a pseudo-terminal, and is reset by who opens it, again and again", async () => {
    findProgram("socat");
    const board = new Uno(hex);
    const folder = mkdtempSync(join(tmpdir(), "fieldline-board-"));
    cleanup.push(() => rmSync(folder, { recursive: true }));
    const path = join(folder, "port");
    const device = await startPseudoTerminal(board, path);
    cleanup.push(() => device?.close());
    board.advance(100);
    run(board);
    const madeAt = () => lstatSync(path, { throwIfNoEntry: false })?.mtimeMs;
    for (let opening = 0, last: number | undefined; opening < 2; opening++) {
      await until("the device", () => ![undefined, last].includes(madeAt()));
      last = madeAt();
      expect(await kindsSaidOn(await openDevice(path, { baud: 115_200 }, 1_000))).toMatch(/^kinds .*ntc/);
    }
  });
});

/** Runs a board at the pace of a real one until the test ends. */
function run(board: Uno): void {
  const end = new AbortController();
  const running = board.run(end.signal);
  cleanup.push(() => {
    end.abort();
    return running;
  });
}

/** What a board that has just been reset answers when it is asked for its kinds; hangs up then. */
async function kindsSaidOn(connection: Connection): Promise<string> {
  const reader = new FrameReader();
  const frames: Frame[] = [];
  connection.stream.on("data", (chunk: Buffer) => frames.push(...reader.push(chunk)));
  const answer = () => frames.find((frame) => frame.kind === "answer")?.text;
  try {
    await until("the banner", () => frames.some(({ kind }) => kind === "banner"));
    connection.stream.write(commandText("kinds"));
    await until("the answer", () => answer() !== undefined);
    // What it said while nobody listened is lost.
    expect(frames.filter(({ kind }) => kind === "banner")).toHaveLength(1);
    return answer() ?? "";
  } finally {
    await connection.close();
  }
}
