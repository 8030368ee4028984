import { stat } from "node:fs/promises";
import type { SerialPort } from "serialport";

/** What ioctl says of a terminal that has hung up. "Inappropriate ioctl" is what a healthy pseudo-terminal says. */
const HUNG_UP = /input\/output error|no such device|bad file descriptor/i;

/**
 * Looks now and then whether an open device is still there. When an unplugging falls into a running read, the driver
 * reads 0 bytes for ever, with a full core and without any event (serialport/bindings-cpp issue 162): then the device
 * node is gone, or is another, or the port's modem lines cannot be asked for.
 * @returns what ends the watch
 */
export function watchDevice(
  port: SerialPort,
  path: string,
  everyMs: number,
  lose: (reason: Error) => void,
): () => void {
  const atFirst = identify(path);
  const ended = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const look = async () => {
    const reason = nodeChange(await atFirst, await identify(path)) ?? (await hangUp(port));
    if (ended.signal.aborted) return;
    if (reason === undefined) timer = setTimeout(() => void look(), everyMs);
    else lose(new Error(`${path} ${reason}`));
  };
  timer = setTimeout(() => void look(), everyMs);
  return () => {
    ended.abort();
    clearTimeout(timer);
  };
}

/** Which device node this is; "" where ports are no files, "gone" when there is none. */
async function identify(path: string): Promise<string> {
  if (!path.startsWith("/")) return "";
  return stat(path).then(
    ({ dev, ino, rdev }) => `${dev} ${ino} ${rdev}`,
    () => "gone",
  );
}

function nodeChange(before: string, now: string): string | undefined {
  if (now === "gone") return "is gone: unplugged or switched off";
  return now === before ? undefined : "is another device now: it was unplugged and plugged in again";
}

async function hangUp(port: SerialPort): Promise<string | undefined> {
  return new Promise((resolve) => {
    port.get((error) => resolve(error !== null && HUNG_UP.test(error.message) ? "has hung up: unplugged" : undefined));
  });
}
