import {
  choice,
  duration,
  framingSetting,
  group,
  integer,
  type Problem,
  type SettingsOf,
  text,
} from "fieldline/plugin";
import { bridgeAddress, isBridge } from "./bridge-address.ts";
import { usbName } from "./usb-device.ts";

const HEX_ID = { pattern: /^(0[xX])?[0-9a-fA-F]{1,4}$/, expected: "a hexadecimal USB id such as 2341 or 1a86" };

export const settings = {
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
  baud: integer("Baud rate; at a bridge, the bridge has its own.", { min: 1, max: 20_000_000 }).prefault("115200"),
  parity: choice(["none", "even", "odd", "mark", "space"], "Parity; `mark` and `space` on Windows only.").prefault(
    "none",
  ),
  data_bits: integer("Data bits.", { min: 5, max: 8 }).prefault("8"),
  stop_bits: integer("Stop bits.", { min: 1, max: 2 }).prefault("1"),
  flow: choice(
    ["none", "rtscts", "xonxoff"],
    "Flow control: none, by the lines RTS and CTS, or by XON and XOFF.",
  ).prefault("none"),
  framing: framingSetting(
    ["line"],
    "How the bytes are cut into readings: `line`, or a map for a delimiter or a fixed length. What comes before the " +
      "first line end or delimiter after opening is left out and counted as `partial_frames`, since it may lack its " +
      "beginning: a board that starts anew when it is opened does well to send a line end first.",
  ).prefault("line"),
  silence: duration(
    "No data for this long, and the port is closed and opened again, which resets most boards; 0 for never. Choose " +
      "several times the board's longest interval. A device that is unplugged is noticed without it.",
    { max: 7 * 86_400_000 },
  ).prefault("0"),
};

export type SerialSettings = SettingsOf<typeof settings>;

/** The port in the words of the configuration: the same whatever name the device has got. */
export function portName({ port, usb }: SerialSettings): string {
  return port ?? usbName(usb ?? {});
}

/** What is wrong between `port` and `usb`. */
export function checkPort({ port, usb }: SerialSettings): Problem[] {
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
