import { access, constants, realpath } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { listPorts } from "../serial/index.ts";
import { FlashError } from "./flash-error.ts";
import { withPort } from "./open-port.ts";

/** A board with USB of its own starts its bootloader when its port is closed at this rate. */
const TOUCH_BAUD = 1_200;
const LOOK_MS = 100;
const WITHIN_MS = 8_000;

/**
 * Starts the bootloader of a Leonardo, which then is another USB device.
 * @param paths lists the ports that are there
 * @returns the bootloader's port
 * @throws FlashError when none comes; Error when the port cannot be opened; the signal's reason
 */
export async function touch(port: string, signal: AbortSignal, paths = listedPaths): Promise<string> {
  // A link, as in /dev/serial/by-id, is not listed, and that of the bootloader is another.
  const names = new Set([port, await realpath(port).catch(() => port)]);
  const before = await paths();
  await withPort(port, TOUCH_BAUD, signal, async ({ setLines }) => void (await setLines?.(false)));
  let wasGone = false;
  for (let waited = 0; waited < WITHIN_MS; waited += LOOK_MS) {
    const now = await paths();
    const same = now.find((path) => names.has(path));
    const found = now.find((path) => !before.includes(path)) ?? (wasGone ? same : undefined);
    if (found !== undefined && (await mayBeOpened(found))) return found;
    wasGone ||= same === undefined;
    await sleep(LOOK_MS, undefined, { signal });
  }
  throw new FlashError(
    `the bootloader of the board on ${port} did not come up: press its reset button twice and try again at once`,
  );
}

async function listedPaths(): Promise<string[]> {
  return (await listPorts()).map(({ path }) => path);
}

/** On Linux a new port is root's alone for a moment (arduino/Arduino issue 11797). */
async function mayBeOpened(path: string): Promise<boolean> {
  if (process.platform !== "linux") return true;
  return access(path, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
}
