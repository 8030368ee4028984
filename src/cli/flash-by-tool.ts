import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import type { OtherBoard, Tool } from "../flash/index.ts";
import { RequestError } from "./request-error.ts";

/** All of a Mega's flash is written and read in one minute. */
const MOST_MS = 300_000;
const LOOK_MS = 500;

/**
 * Writes a hex file to a board by a tool, whose words go to stderr.
 * @throws FlashError that says what to do; RequestError for a port that it cannot use; Error when the port cannot be opened;
 *   the signal's reason
 */
export async function flashByTool(
  tool: Tool,
  board: OtherBoard,
  port: string,
  hex: string,
  signal: AbortSignal,
): Promise<void> {
  const { FlashError, otherReaders, toolCommand } = await import("../flash/index.ts");
  const at = await openablePort(tool, board, port, signal);
  signal.throwIfAborted();
  const command = toolCommand(tool, board, at, hex);
  process.stderr.write(`${command.join(" ")}\n`);
  const watch = watchTool(tool, at);
  const limit = AbortSignal.any([signal, watch.signal]);
  const status = await run(command, limit).finally(watch.end);
  if (status === 0) return;
  process.stderr.write("\n"); // it may have ended in the middle of a line
  const reason = limit.aborted
    ? (limit.reason as Error).message
    : `${tool} ended with ${status ?? "a signal"}: is ${port} the board's port, and is it a ${board}?`;
  const others = (await otherReaders(at)).map((other) => `\n  - ${other}`);
  throw new FlashError(`${reason}; the program on the board may not be whole now: flash it again${others.join("")}`);
}

/** The port that the tool is to open: of a board that has to be called before, its bootloader's. */
async function openablePort(tool: Tool, board: OtherBoard, port: string, signal: AbortSignal): Promise<string> {
  const { needsTouch, SKETCH_BAUD, touch, withPort } = await import("../flash/index.ts");
  const { isBridge } = await import("../serial/index.ts");
  if (isBridge(port))
    throw new RequestError(`${tool} flashes a ${board} at a port of this machine alone, not at ${port}`);
  if (needsTouch(tool, board)) return touch(port, signal);
  // avrdude shares a port with a program that reads it, and tries one for ever that it cannot open.
  await withPort(port, SKETCH_BAUD, signal, async () => {});
  return port;
}

/** Gives a tool up that will not end: avrdude 7.1 asks for ever when the board is unplugged meanwhile, and see avrdude issue 1986. */
function watchTool(tool: Tool, port: string): { readonly signal: AbortSignal; readonly end: () => void } {
  const givenUp = new AbortController();
  const limit = setTimeout(() => givenUp.abort(new Error(`${tool} does not come to an end`)), MOST_MS);
  // That of a board that arduino-cli calls goes and comes; and on Windows a port is no file.
  const isWatched = tool === "avrdude" && port.startsWith("/");
  let missed = 0;
  const look = setInterval(() => {
    missed = existsSync(port) ? 0 : missed + 1;
    // A Leonardo's goes when all is done, while avrdude ends.
    if (isWatched && missed > 1) givenUp.abort(new Error(`${port} is gone: unplugged or switched off`));
  }, LOOK_MS);
  const end = () => {
    clearTimeout(limit);
    clearInterval(look);
  };
  return { signal: givenUp.signal, end };
}

/** Runs a command until it ends, or ends it; returns its status, null when a signal has ended it. */
async function run([program = "", ...args]: readonly string[], limit: AbortSignal): Promise<number | null> {
  // stdout is for the answer alone.
  const child = spawn(program, args, { stdio: ["ignore", process.stderr, process.stderr] });
  const stop = () => void child.kill();
  limit.addEventListener("abort", stop, { once: true });
  const [status] = (await once(child, "close")) as [number | null];
  limit.removeEventListener("abort", stop);
  return status;
}
