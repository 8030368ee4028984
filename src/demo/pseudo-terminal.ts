import { spawn } from "node:child_process";
import type { Uno } from "./board/uno.ts";
import { type SerialDevice, send } from "./serial-device.ts";

/**
 * Connects a board to a pseudo-terminal at this path, whose opening resets the board. Undefined where there is no socat to
 * make one, as Node alone cannot.
 */
export async function startPseudoTerminal(board: Uno, path: string): Promise<SerialDevice | undefined> {
  let closing = false;
  let socat = runSocat(board, path);
  if (!(await socat.isReady)) return undefined;
  // It ends whenever the port is closed.
  const keepRunning = async () => {
    for (;;) {
      await socat.ended;
      if (closing) return;
      socat = runSocat(board, path);
      if (!(await socat.isReady)) return;
    }
  };
  const kept = keepRunning();
  const close = async () => {
    closing = true;
    socat.stop();
    await kept;
  };
  return { port: path, close };
}

function runSocat(board: Uno, path: string) {
  // Apart from this program, whose Ctrl-C is not meant for it; it ends with its standard input.
  const socat = spawn("socat", ["-d", "-d", `pty,raw,echo=0,link=${path},wait-slave,pty-interval=0.05`, "stdio"], {
    stdio: "pipe",
    detached: true,
  });
  // The pipe to socat would hold for the next one what is said while nobody has the port open.
  board.onSend = () => {};
  const ended = new Promise<void>((resolve) => {
    socat.on("error", () => resolve());
    socat.on("exit", () => resolve());
  });
  const ready = Promise.withResolvers<boolean>();
  void ended.then(() => ready.resolve(false));
  socat.stderr.on("data", (chunk: Buffer) => {
    if (chunk.includes("PTY is")) ready.resolve(true);
    if (!chunk.includes("starting data transfer")) return;
    board.onSend = (bytes) => send(socat.stdin, bytes);
    board.reset();
  });
  socat.stdin.on("error", () => undefined);
  socat.stdout.on("data", (chunk: Buffer) => board.receive(chunk));
  return { isReady: ready.promise, ended, stop: () => void socat.kill() };
}
