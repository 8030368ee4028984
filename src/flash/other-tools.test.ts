import { execFile } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { avr109Bootloader } from "../../test/parts/avr109.ts";
import { findProgram } from "../../test/parts/program.ts";
import { plugIn } from "../../test/parts/pty.ts";
import { parseHex } from "./intel-hex.ts";
import { findTool, needsTouch, toolCommand } from "./other-tools.ts";

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "fieldline-tools-"));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

it("other boards are flashed by what is installed, and what to install is said", async () => {
  const path = await folder();
  expect(() => findTool("mega", path)).toThrow("neither is installed: apt-get install avrdude");
  await writeFile(join(path, "arduino-cli"), "");
  expect(() => findTool("mega", path)).toThrow("neither");
  await chmod(join(path, "arduino-cli"), 0o755);
  expect(findTool("mega", path)).toBe("arduino-cli");
});

it("the commands name the programmer, the chip, the port and the file", () => {
  expect(toolCommand("avrdude", "mega", "/dev/ttyACM0", "x.hex").join(" ")).toBe(
    "avrdude -c wiring -p m2560 -b 115200 -P /dev/ttyACM0 -D -U flash:w:x.hex:i",
  );
  expect(toolCommand("arduino-cli", "leonardo", "/dev/ttyACM0", "x.hex").join(" ")).toBe(
    "arduino-cli upload -p /dev/ttyACM0 -b arduino:avr:leonardo -i x.hex",
  );
  expect(needsTouch("avrdude", "leonardo")).toBe(true);
  expect(needsTouch("arduino-cli", "leonardo")).toBe(false);
});

it("avrdude writes to a Leonardo's bootloader with them, and reads it back", async () => {
  findProgram("avrdude");
  const { flash, take } = avr109Bootloader();
  const port = await plugIn(join(await folder(), "port"), (chunk) => void port.write(take(chunk)));
  onTestFinished(port.unplug);
  const hex = fileURLToPath(new URL("../../firmware/hex/fieldline-leonardo.hex", import.meta.url));
  // It would ask for ever a port whose test has been cut off.
  const { stderr } = await promisify(execFile)("timeout", [
    "20",
    ...toolCommand("avrdude", "leonardo", port.path, hex),
  ]);
  expect(stderr).toContain("bytes of flash verified");
  const program = parseHex(await readFile(hex, "latin1"), flash.length);
  expect(flash.subarray(0, program.length).equals(program)).toBe(true);
});
