import { describe, expect, it } from "vitest";
import { choosePort } from "./choose-port.ts";
import { boardSeenOn } from "./known-port.ts";

function port(path: string, serial = "7523", device = path) {
  return { path, usb: { path, vendor: "2341", product: "0043", serial, device } };
}

describe("the port to flash", () => {
  it("is the only one, or the first of the only device", () => {
    expect(choosePort([port("/dev/ttyACM0")])).toBe("/dev/ttyACM0");
    expect(choosePort([port("/dev/ttyACM0", "1", "usb1"), port("/dev/ttyACM1", "1", "usb1")])).toBe("/dev/ttyACM0");
    expect(choosePort([{ path: "/dev/ttyUSB0", usb: undefined }])).toBe("/dev/ttyUSB0");
  });

  it("is asked for when there are several, with a list of them", () => {
    expect(() => choosePort([port("/dev/ttyACM0"), port("/dev/ttyACM1")])).toThrow(
      "2 serial ports are there: name the board's with --port\n  /dev/ttyACM0 (2341:0043 serial 7523)\n  /dev/ttyACM1",
    );
  });

  it("is missed when there is none", () => {
    expect(() => choosePort([])).toThrow("no board is plugged in");
  });
});

describe("a port with a board that was seen before", () => {
  const seen = [
    { id: "5EED1234", baud: 115_200, path: "/dev/ttyACM0", usb: "2341:0043:7523" },
    { id: "5EED5678", baud: 57_600, path: "/dev/ttyUSB0", usb: "2341:0043:" },
    { id: "5EED9ABC", baud: 57_600, path: "/dev/ttyS0", usb: "" },
  ];

  it("is known by the serial number under any name, and without USB by its name", () => {
    expect(boardSeenOn(port("/dev/ttyACM5"), seen)?.id).toBe("5EED1234");
    expect(boardSeenOn({ path: "/dev/ttyS0", usb: undefined }, seen)?.id).toBe("5EED9ABC");
  });

  it("is not known when another device looks the same or has the same name", () => {
    expect(boardSeenOn(port("/dev/ttyUSB0", ""), seen)).toBeUndefined();
    expect(boardSeenOn(port("/dev/ttyACM0", "9999"), seen)).toBeUndefined();
    expect(boardSeenOn({ path: "/dev/ttyACM0", usb: undefined }, seen)).toBeUndefined();
  });
});
