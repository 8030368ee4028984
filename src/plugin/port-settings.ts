import { group, type Problem, type SettingsOf, text } from "../schema/index.ts";
import {
  bridgeAddress,
  type Connection,
  type DeviceRoots,
  findUsbDevice,
  isBridge,
  type LineSettings,
  openBridge,
  openDevice,
  usbName,
} from "../serial/index.ts";

const HEX_ID = { pattern: /^(0[xX])?[0-9a-fA-F]{1,4}$/, expected: "a hexadecimal USB id such as 2341 or 1a86" };

/** Where a serial port is: settings for inputs that read one. */
export const portSettings = {
  port: text(
    "The device, such as `/dev/ttyACM0`, `/dev/serial/by-id/...` or `COM3`, or `tcp://host:port` for ser2net and other " +
      "network bridges. Either this or `usb`.",
    {
      pattern: /^([\\/]|[a-zA-Z][a-zA-Z]+:\/\/|COM\d)/,
      expected: "a device such as /dev/ttyACM0 or COM3, or tcp://host:port",
    },
  ).optional(),
  usb: group(
    {
      vendor: text("The vendor's id, hexadecimal.", HEX_ID).optional(),
      product: text("The product's id, hexadecimal.", HEX_ID).optional(),
      serial: text("The device's serial number.").optional(),
    },
    "The USB device, whatever name it gets when it is plugged in: what is given here has to match. Of several ports of one device the first is taken.",
  ).optional(),
};

export type PortSettings = SettingsOf<typeof portSettings>;

/** The port in the words of the configuration: the same whatever name the device has got. */
export function portName({ port, usb }: PortSettings): string {
  return port ?? usbName(usb ?? {});
}

/** What is wrong between `port` and `usb`. */
export function checkPort({ port, usb }: PortSettings): Problem[] {
  if (port === undefined && usb === undefined) {
    const message = "port is required: a device such as /dev/ttyACM0, or tcp://host:port; or usb instead";
    return [{ path: ["port"], code: "missing-setting", message }];
  }
  if (port !== undefined && usb !== undefined) {
    const message = "port and usb both name the device: keep one of them";
    return [{ path: ["usb"], code: "conflicting-settings", message, atKey: true }];
  }
  if (usb !== undefined && Object.values(usb).every((value) => value === undefined)) {
    const message = "expected at least one of vendor, product, serial";
    return [{ path: ["usb"], code: "missing-setting", message }];
  }
  if (port !== undefined && isBridge(port) && bridgeAddress(port) === undefined) {
    const message = `expected tcp://host:port, found ${JSON.stringify(port)}`;
    return [{ path: ["port"], code: "bad-text", message }];
  }
  return [];
}

/**
 * Opens the port that the settings name.
 * @param around where devices are found, and in milliseconds how often to look whether an open one is still there
 * @throws Error that says what is wrong and what to do
 */
export async function openPort(
  { port, usb = {} }: PortSettings,
  line: LineSettings,
  around: DeviceRoots & { readonly watchMs: number },
  signal: AbortSignal,
): Promise<Connection> {
  const address = port === undefined ? undefined : bridgeAddress(port);
  if (address !== undefined) return openBridge(address, signal);
  return openDevice(port ?? (await findUsbDevice(usb, around)), line, around.watchMs);
}
