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
  const before = await paths();
  await withPort(port, TOUCH_BAUD, signal, async ({ setLines }) => void (await setLines?.(false)));
  let wasGone = false;
  for (let waited = 0; waited < WITHIN_MS; waited += LOOK_MS) {
    const now = await paths();
    const another = now.find((path) => !before.includes(path));
    if (another !== undefined) return another;
    if (wasGone && now.includes(port)) return port;
    wasGone ||= !now.includes(port);
    await sleep(LOOK_MS, undefined, { signal });
  }
  throw new FlashError(
    `the bootloader of the board on ${port} did not come up: press its reset button twice and try again at once`,
  );
}

async function listedPaths(): Promise<string[]> {
  return (await listPorts()).map(({ path }) => path);
}
