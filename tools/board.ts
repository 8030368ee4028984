/**
 * Runs a sketch on a simulated Uno whose serial port is a TCP port, until Ctrl-C: `npm run board -- HEX [TCP-PORT]`. What is
 * around it is told on stdin: `A0 2500` (millivolts), `2 high`, `2 low`, `2 open`, `reset`, `power`.
 */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { startTcpDevice, Uno } from "../src/demo/index.ts";

try {
  const [path, tcpPort = "0"] = process.argv.slice(2);
  if (path === undefined || !/^\d{1,5}$/.test(tcpPort))
    throw new Error("which sketch? npm run board -- firmware/build/fieldline-uno.hex [TCP-PORT]");
  await runSketch(readFileSync(path, "utf8"), Number(tcpPort));
} catch (error) {
  say(error);
  process.exitCode = 1;
}

async function runSketch(hex: string, tcpPort: number): Promise<void> {
  const board = new Uno(hex);
  const device = await startTcpDevice(board, tcpPort);
  const end = new AbortController();
  process.once("SIGINT", () => end.abort());
  const orders = createInterface({ input: process.stdin });
  orders.on("line", (line) => {
    try {
      obey(board, line.trim());
    } catch (error) {
      say(error);
    }
  });
  process.stderr.write(`the board's serial port is ${device.port}\n`);
  await board.run(end.signal);
  orders.close();
  await device.close();
}

function obey(board: Uno, line: string): void {
  const [, input, millivolts] = /^A([0-5]) (\d{1,4})$/.exec(line) ?? [];
  const [, pin, level] = /^(\d{1,2}) (high|low|open)$/.exec(line) ?? [];
  if (input !== undefined) board.analog(Number(input), Number(millivolts));
  else if (pin !== undefined) board.drive(Number(pin), level === "open" ? undefined : level === "high");
  else if (line === "reset") board.reset();
  else if (line === "power") board.powerCycle();
  else if (line !== "")
    throw new Error(`not an order: ${line}; there are: A0 2500, 2 high, 2 low, 2 open, reset, power`);
}

function say(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
}
