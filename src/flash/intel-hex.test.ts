import { describe, expect, it } from "vitest";
import { parseHex } from "./intel-hex.ts";

const SIZE = 32_256;
const END = ":00000001FF";
const lines = (...records: string[]) => `${records.join("\r\n")}\r\n`;

/** A record with its length and checksum. */
function record(address: number, type: number, ...data: number[]): string {
  const bytes = Buffer.from([data.length, address >> 8, address & 0xff, type, ...data]);
  const sum = -bytes.reduce((total, byte) => total + byte, 0) & 0xff;
  return `:${bytes.toString("hex")}${Buffer.from([sum]).toString("hex")}`.toUpperCase();
}

describe("Intel HEX", () => {
  it("is read into bytes; gaps are erased flash", () => {
    expect([...parseHex(lines(record(0, 0, 1, 2), record(4, 0, 3), END), SIZE)]).toEqual([1, 2, 255, 255, 3]);
  });

  it("is read as Intel's specification and others write it: any order, line feeds alone, small letters, empty lines", () => {
    const text = `${record(2, 0, 3).toLowerCase()}\n\n${record(0, 0, 1, 2)}\n${END}`;
    expect([...parseHex(text, SIZE)]).toEqual([1, 2, 3]);
  });

  it("has addresses by segments and by upper halves, and start addresses that say nothing here", () => {
    const text = lines(
      record(0, 3, 0, 0, 0, 0),
      record(0, 5, 0, 0, 0, 0),
      record(0, 2, 0x00, 0x10),
      record(1, 0, 7),
      record(0, 4, 0, 0),
      record(0, 0, 9),
      END,
    );
    const bytes = parseHex(text, SIZE);
    expect(bytes).toHaveLength(0x102);
    expect([bytes[0], bytes[0x101]]).toEqual([9, 7]);
  });

  it.each([
    ["a line of something else", lines(record(0, 0, 1), "hello", END), "2: expected a colon"],
    ["half a digit", lines(":0000000", END), "1: expected a colon"],
    ["a wrong length", lines(":0200000001FD", END), "1: the record says that it has 2 bytes, and has 1"],
    ["a wrong checksum", lines(record(0, 0, 1), ":0100000001FF", END), "2: the checksum is wrong"],
    ["an unknown type", lines(record(0, 9), END), "1: there is no record type 9"],
    ["a bad address record", lines(record(0, 4, 0), END), "1: an address record has 2 bytes, this has 1"],
    ["a bootloader", lines(record(0, 0, 1), record(0x7e00, 0, 1), END), "2: address 0x7e00 is outside the 32256 bytes"],
    ["another chip", lines(record(0, 4, 0, 1), record(0, 0, 1), END), "2: address 0x10000 is outside"],
    ["no end", lines(record(0, 0, 1)), "the end record is missing: the file is cut off"],
    ["more behind the end", lines(record(0, 0, 1), END, record(0, 0, 1)), "3: there is more behind the end record"],
    ["no program", lines(END), "1: the file holds no program"],
  ])("with %s is refused by the line", (_what, text, message) => {
    expect(() => parseHex(text, SIZE)).toThrow(message);
  });
});
