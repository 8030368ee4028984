import { realpath } from "node:fs/promises";
import { basename } from "node:path";
import { commandLine, otherProcesses } from "./processes.ts";

/**
 * The process number of an avrdude, which the Arduino IDE starts too, that works at a port: it takes no lock, and whoever
 * opens the port meanwhile resets the board and takes the answers. Found by its command line, as Linux tells.
 */
export async function avrdudeAt(path: string): Promise<string | undefined> {
  const device = await deviceOf(path);
  for (const pid of await otherProcesses()) {
    const [program = "", ...words] = await commandLine(pid);
    if (basename(program) === "avrdude" && (await devicesIn(words)).includes(device)) return pid;
  }
  return undefined;
}

/** The port in avrdude's words, `-P /dev/ttyUSB0` or `-P/dev/ttyUSB0`; the other words come back as they are. */
async function devicesIn(words: readonly string[]): Promise<string[]> {
  return Promise.all(words.map((word) => deviceOf(word.replace(/^-P/, ""))));
}

/** Where a link leads; a path that is not there as it is. */
async function deviceOf(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}
