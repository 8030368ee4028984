import { realpath } from "node:fs/promises";
import { basename } from "node:path";
import { commandLine, otherProcesses } from "./processes.ts";

/**
 * The process number of an avrdude, which the Arduino IDE starts too, that works at a port: it takes no lock, and whoever
 * opens the port meanwhile resets the board and takes the answers. Found by its command line, as Linux tells.
 */
export async function avrdudeAt(path: string): Promise<string | undefined> {
  for (const pid of await otherProcesses()) {
    const [program = "", ...words] = await commandLine(pid);
    if (basename(program) === "avrdude" && (await isNamed(path, words))) return pid;
  }
  return undefined;
}

/** Whether a port is among the words of avrdude's command line: `-P /dev/ttyUSB0` or `-P/dev/ttyUSB0`. */
async function isNamed(path: string, words: readonly string[]): Promise<boolean> {
  const paths = words.map((word) => word.replace(/^-P/, "")).filter((word) => word.startsWith("/"));
  const devices = await Promise.all([path, ...paths].map((each) => realpath(each).catch(() => each)));
  return devices.indexOf(devices[0] ?? path, 1) > 0;
}
