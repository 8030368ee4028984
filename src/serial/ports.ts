import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type DeviceRoots, listUsbPorts, SYSTEM_ROOTS, type UsbPort } from "./usb-device.ts";

/** A serial port that is there. */
export interface ListedPort {
  /** The device node, such as /dev/ttyACM0, or COM3. */
  readonly path: string;
  /** Which USB device it belongs to, when that is known. */
  readonly usb: UsbPort | undefined;
}

/** What Linux calls the ports of USB devices; the others, such as ttyS0, are there whether something is connected or not. */
const USB_NAME = /^tty(ACM|USB)\d+$/;

/**
 * The ports at which a board may be, in the order of their paths; none is opened. Found in /sys, and by their names where
 * that shows nothing, as in a container.
 * @param roots other ones than the system's, for a test
 */
export async function listPorts(roots: DeviceRoots = SYSTEM_ROOTS): Promise<ListedPort[]> {
  const usb = await listUsbPorts(roots);
  const names = process.platform === "linux" ? await readdir(roots.dev).catch(() => []) : [];
  const paths = new Set([
    ...usb.map(({ path }) => path),
    ...names.filter((name) => USB_NAME.test(name)).map((name) => join(roots.dev, name)),
  ]);
  return [...paths].toSorted().map((path) => ({ path, usb: usb.find((port) => port.path === path) }));
}
