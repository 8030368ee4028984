import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { createInterface } from "node:readline";
import { builtFile, makeFirmware } from "./firmware.ts";

export interface BoardOptions {
  /** What is in its flash; the project's own sketch for the Uno when it is left out. With false it is erased, or as its file keeps it. */
  readonly hex?: string | false;
  /** Further arguments of the simulator: firmware/simulator/README.md. */
  readonly arguments?: readonly string[];
}

/** A simulated Uno that runs a real hex file at the pace of a real one; its serial port is a pseudo-terminal. */
export interface Board {
  /** The device node: a link to the pseudo-terminal. Opening it resets the board. */
  readonly path: string;
  /** Sends the simulator one of its commands. Resolves with what it answers behind "ok". @throws Error with its reason */
  readonly tell: (command: string) => Promise<string>;
  /** Puts a voltage on an analog input, 0 to 5. */
  readonly adc: (channel: number, millivolts: number) => Promise<void>;
  /** Drives a pin of the chip, such as "D" and 2, from outside. */
  readonly pin: (port: "B" | "C" | "D", bit: number, level: boolean) => Promise<void>;
  /** Pulls it out, and its power with it: the device node is gone when this resolves. */
  readonly unplug: () => Promise<void>;
  readonly plug: () => Promise<void>;
  /** Presses its button. */
  readonly reset: () => Promise<void>;
  /** Ends the simulator; its device node is gone. May be called again. */
  readonly stop: () => Promise<void>;
}

/**
 * Builds the sketch and the simulator when they are older than their sources, and plugs a board in under a path that is free.
 * @throws Error with what make or the simulator printed
 */
export async function startBoard(path: string, options: BoardOptions = {}): Promise<Board> {
  if (options.hex === undefined) await makeFirmware("uno");
  await makeFirmware("simulator");
  const hex = options.hex ?? builtFile("fieldline-uno.hex");
  const child = spawn(builtFile("simulator"), [
    "-l",
    path,
    ...(options.arguments ?? []),
    ...(hex === false ? [] : [hex]),
  ]);
  const ended = once(child, "close");
  const tell = conversation(child);
  await tell();
  const order = async (command: string) => void (await tell(command));
  return {
    path,
    tell,
    adc: (channel, millivolts) => order(`adc ${channel} ${millivolts}`),
    pin: (port, bit, level) => order(`pin P${port}${bit} ${level ? 1 : 0}`),
    unplug: () => order("unplug"),
    plug: () => order("plug"),
    reset: () => order("reset"),
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
      await rm(path, { force: true });
    },
  };
}

/** One answer for each command, in their order; the first, to no command, says that the board is there. */
function conversation(child: ChildProcess): (command?: string) => Promise<string> {
  const waiting: { readonly resolve: (answer: string) => void; readonly reject: (error: Error) => void }[] = [];
  let printed = "";
  child.stderr?.on("data", (chunk: Buffer) => (printed = (printed + chunk.toString()).slice(-10_000)));
  child.stdin?.on("error", () => {}); // it has ended: those who wait are told below
  if (child.stdout !== null)
    createInterface({ input: child.stdout }).on("line", (line) => {
      const asked = waiting.shift();
      if (line.startsWith("ok")) asked?.resolve(line.slice(3));
      else asked?.reject(new Error(`the simulator says: ${line}`));
    });
  child.on("close", (code) => {
    for (const asked of waiting.splice(0)) asked.reject(new Error(`the simulator ended with ${code}:\n${printed}`));
  });
  return async (command) => {
    if (child.exitCode !== null) throw new Error(`the simulator has ended with ${child.exitCode}:\n${printed}`);
    return new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      if (command !== undefined) child.stdin?.write(`${command}\n`);
    });
  };
}
