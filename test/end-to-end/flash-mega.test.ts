import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "vitest";
import { parseHex } from "../../src/flash/index.ts";
import { runCommand, startCommand } from "../parts/command.ts";
import { plugInFlashable } from "../parts/flashable-board.ts";
import { findProgram, until } from "../parts/program.ts";

const HEX = new URL("../../firmware/hex/fieldline-mega.hex", import.meta.url);
const MEGA_ROOM = 253_952;
const LONG_MS = 60_000;

/** A Mega with the bootloader that Arduino ships and a program that does nothing; and that avrdude is installed. */
function plugInMega(after: Parameters<typeof plugInFlashable>[0]) {
  findProgram("avrdude");
  return plugInFlashable(after, "stk500boot", "tiny");
}

function flashMega(port: string): string[] {
  return ["flash", "--board", "mega", "--yes", "--port", port];
}

describe.concurrent("fieldline flash, of a Mega by avrdude,", () => {
  it(
    "puts the firmware on it, which then does what the configuration says",
    async ({ expect, onTestFinished: after }) => {
      const { board, folder, port, flash } = await plugInMega(after);
      const { status, stdout, stderr } = await runCommand(flashMega(port), folder);
      expect(stderr).toContain("bytes of flash verified");
      expect(stdout).toMatch(/^\S+port: a Fieldline board .*, firmware \d+\.\d+\.\d+, atmega2560, 48 channels\n$/);
      expect(status).toBe(0);
      const program = parseHex(await readFile(HEX, "latin1"), MEGA_ROOM);
      expect((await readFile(flash)).subarray(0, program.length).equals(program)).toBe(true);

      await board.adc(0, 2_500);
      await writeFile(
        join(folder, "fieldline.yaml"),
        `version: 1
agent: { http: false }
inputs:
  bench: { type: arduino, port: ${port}, model: mega, interval: 200ms, sensors: [{ name: tank, kind: voltage, pin: A0 }] }
outputs:
  console: { type: stdout }
`,
      );
      const agent = startCommand(["run"], folder);
      after(async () => void (await agent.stop()));
      await until("a point with the voltage", () => /^tank volts=2\.(49|50)\d* \d+$/m.test(agent.stdout()));
      const refused = await runCommand(flashMega(port), folder);
      expect(refused).toMatchObject({
        status: 2,
        stderr: expect.stringContaining(`process ${agent.child.pid}: stop it`),
      });
    },
    LONG_MS,
  );

  it(
    "says that the program is not whole when it is stopped or unplugged meanwhile, for which avrdude would wait for ever",
    async ({ expect, onTestFinished: after }) => {
      const { board, folder, port } = await plugInMega(after);
      const startWriting = async () => {
        const command = startCommand(flashMega(port), folder);
        await until("avrdude to write", () => command.stderr().includes("Writing | ##"));
        return command;
      };
      const stopped = await startWriting();
      expect(await stopped.stop()).toBe(2);
      expect(stopped.stderr()).toMatch(/^fieldline: stopped; the program on the board may not be whole now/m);

      const unplugged = await startWriting();
      await board.unplug();
      expect(await unplugged.exit).toBe(2);
      expect(unplugged.stderr()).toMatch(
        /port is gone: .*; the program on the board may not be whole now: flash it again\n$/,
      );
    },
    LONG_MS,
  );

  it("leaves ports alone that avrdude would try for ever", async ({ expect }) => {
    findProgram("avrdude");
    expect(await runCommand(flashMega("/nowhere"), tmpdir())).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("/nowhere is not there"),
    });
    expect(await runCommand(flashMega("tcp://127.0.0.1:9"), tmpdir())).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("at a port of this machine alone, not at tcp://127.0.0.1:9"),
    });
  });
});
