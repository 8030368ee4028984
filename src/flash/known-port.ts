import type { SeenBoard } from "../board/index.ts";
import type { ListedPort } from "../serial/index.ts";

/**
 * The board that was seen on this port before; undefined when that is not certain. USB devices without a serial number
 * are all alike: one that looks like our board may be a 3D printer.
 */
export function boardSeenOn({ path, usb }: ListedPort, seen: readonly SeenBoard[]): SeenBoard | undefined {
  if (usb === undefined) return seen.find((board) => board.usb === "" && board.path === path);
  const { vendor, product, serial } = usb;
  return serial === "" ? undefined : seen.find((board) => board.usb === `${vendor}:${product}:${serial}`);
}
