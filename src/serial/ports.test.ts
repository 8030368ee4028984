import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { showUsb } from "../../test/parts/usb-tree.ts";
import { listPorts } from "./index.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fieldline-ports-"));
  await mkdir(join(folder, "dev"));
});
afterEach(() => rm(folder, { recursive: true }));

const listed = async () => {
  const roots = { sys: join(folder, "sys"), dev: join(folder, "dev") };
  const ports = await listPorts(roots);
  return ports.map(({ path, usb }) => ({
    name: path.slice(roots.dev.length + 1),
    usb: usb === undefined ? "" : `${usb.vendor}:${usb.product}:${usb.serial}`,
  }));
};

describe.runIf(process.platform === "linux")("the list of ports", () => {
  it("has USB devices with what they say of themselves, in the order of their paths", async () => {
    await showUsb(folder, "ttyUSB0", "1-2", { vendor: "1a86", product: "7523", serial: "" });
    await showUsb(folder, "ttyACM0", "1-1", { vendor: "2341", product: "0043", serial: "7523030" });
    expect(await listed()).toEqual([
      { name: "ttyACM0", usb: "2341:0043:7523030" },
      { name: "ttyUSB0", usb: "1a86:7523:" },
    ]);
  });

  it("has what is called like a USB port where /sys shows nothing, and no other terminal", async () => {
    for (const name of ["ttyACM3", "ttyUSB0", "ttyS0", "tty1", "ttyAMA0", "null"])
      await writeFile(join(folder, "dev", name), "");
    expect(await listed()).toEqual([
      { name: "ttyACM3", usb: "" },
      { name: "ttyUSB0", usb: "" },
    ]);
  });

  it("is empty where there is none", async () => {
    expect(await listed()).toEqual([]);
  });
});
