import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { findTool, needsTouch, toolCommand } from "./other-tools.ts";
import { touch } from "./touch.ts";
import { plugIn } from "../../test/parts/pty.ts";

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

it("a Leonardo's bootloader is called by its port, and found under whatever name it comes", async () => {
  const port = await plugIn(join(await folder(), "port"));
  onTestFinished(port.unplug);
  const lists = [["a", port.path], ["a", port.path], ["a"], ["a", "b"]];
  expect(await touch(port.path, new AbortController().signal, async () => lists.shift() ?? [])).toBe("b");
});

it("a Leonardo's bootloader may come back under the same name", async () => {
  const port = await plugIn(join(await folder(), "port"));
  onTestFinished(port.unplug);
  const lists = [[port.path], [], [port.path]];
  expect(await touch(port.path, new AbortController().signal, async () => lists.shift() ?? [])).toBe(port.path);
});
