import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { showUsb } from "../../../test/parts/usb-tree.ts";
import { findBoard } from "./remembered.ts";

const CLONE = { vendor: "1a86", product: "7523", serial: "" };
const SEEN = { id: "5EED1234", baud: 115_200, path: "/dev/ttyUSB0", usb: "1a86:7523:" };

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fieldline-remembered-"));
  await mkdir(join(folder, "dev"));
});
afterEach(() => rm(folder, { recursive: true }));

const find = (board?: string) =>
  findBoard({ usb: undefined, board }, [SEEN], { sys: join(folder, "sys"), dev: join(folder, "dev") });

describe.runIf(process.platform === "linux")("a board that is looked for", () => {
  it("is not told from another one whose USB device says the same", async () => {
    await showUsb(folder, "ttyUSB0", "1-1", CLONE);
    expect(await find("5EED1234")).toBe(join(folder, "dev/ttyUSB0"));
    await showUsb(folder, "ttyUSB1", "1-2", CLONE);
    await expect(find("5EED1234")).rejects.toThrow("2 serial devices are plugged in, name one by port or usb: ");
    await expect(find("0000BEEF")).rejects.toThrow('the board "0000BEEF" has not been seen on one of them before');
  });

  it("may be the only one that is plugged in", async () => {
    await expect(find()).rejects.toThrow("no board is plugged in");
    await showUsb(folder, "ttyACM3", "1-3", { vendor: "2341", product: "0043", serial: "1" });
    expect(await find("0000BEEF")).toBe(join(folder, "dev/ttyACM3"));
  });
});
