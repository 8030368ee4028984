import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "vitest";
import { startBoard } from "../parts/board.ts";
import { runCommand } from "../parts/command.ts";
import { plugInFlashable } from "../parts/flashable-board.ts";
import { plugIn } from "../parts/pty.ts";
import { until } from "../parts/program.ts";
import { startOnTerminal } from "../parts/terminal.ts";

/** How often a board is flashed in a row: CONTRIBUTING.md has the longer form. */
const FLASHES = Number(process.env["FLASHES"] ?? 3);
const ONE_FLASH_MS = 60_000;
/** A program whose only byte is where an old Nano has its bootloader. */
const LARGE = ":017800000087\n:00000001FF\n";

describe.concurrent("fieldline", () => {
  it(
    `flash puts the firmware that the package ships on an Uno, ${FLASHES} times of ${FLASHES}, and says which board it is`,
    async ({ expect, onTestFinished: after }) => {
      const { folder, port, flash } = await plugInFlashable(after, "optiboot");
      for (let time = 0; time < FLASHES; time++) {
        await writeFile(flash, Buffer.alloc(32_256, time), { flag: "r+" });
        const { status, stdout, stderr } = await runCommand(["flash", "--yes", "--port", port], folder);
        expect(stderr).toMatch(/writing: done\nverifying: done\n$/);
        expect(stdout).toMatch(
          /^\S+port: (a|the) Fieldline board .*, firmware \d+\.\d+\.\d+, atmega328p, 12 channels\n$/,
        );
        expect(status).toBe(0);
      }
    },
    FLASHES * ONE_FLASH_MS,
  );

  it("flash writes to an old Nano at its lower speed, and asks before it overwrites what is not ours", async ({
    expect,
    onTestFinished: after,
  }) => {
    const { folder, port, flash } = await plugInFlashable(after, "atmegaboot");
    const write = ["flash", "--port", port, "--board", "nano", "--hex", "tiny.hex"];
    expect(await runCommand([...write, "--yes"], folder)).toMatchObject({
      status: 0,
      stdout: "",
      stderr: expect.stringMatching(/the old kind that does not stop the watchdog/),
    });
    const written = await readFile(flash);
    expect([...written.subarray(0, 3), ...written.subarray(0x80, 0x83)]).toEqual([0xff, 0xcf, 0xff, 1, 2, 0xff]);
    await writeFile(join(folder, "large.hex"), LARGE);
    expect(await runCommand(["flash", "--port", port, "--hex", "large.hex", "--yes"], folder)).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/the program has 30721 bytes, .* \(ATmegaBOOT, 57600 baud\) leaves 30720: nothing/),
    });
    const { status, stderr } = await runCommand(write, folder);
    expect(stderr).toContain("holds another program: say --yes to overwrite it");
    expect(status).toBe(1);
  });

  it("flash asks on a terminal, and writes nothing without a yes", async ({ expect, onTestFinished: after }) => {
    const { folder, port } = await plugInFlashable(after, "optiboot", "tiny");
    const answerWith = async (answer: string) => {
      const { printed, type, ended, close } = startOnTerminal(["flash", "--port", port, "--hex", "tiny.hex"], folder);
      after(close);
      await until("the question", () => printed().includes("Overwrite it? [y/N]"));
      type(answer);
      await ended;
      return printed();
    };
    expect(await answerWith("n\n")).toContain("nothing has been written");
    expect(await answerWith("\x03")).toContain("fieldline: stopped");
    expect(await answerWith("y\n")).toMatch(/verifying +\[#{40}\] 100 %/);
  });

  it("boards says who answers on the ports that it is told to open", async ({ expect, onTestFinished: after }) => {
    const folder = await mkdtemp(join(tmpdir(), "fieldline-boards-"));
    after(() => rm(folder, { recursive: true, force: true }));
    const board = await startBoard(join(folder, "ours"));
    after(board.stop);
    const other = await plugIn(join(folder, "other"));
    after(other.unplug);
    const talk = setInterval(() => void other.write("Marlin 2.1 ready\n"), 100);
    after(async () => clearInterval(talk));
    const { status, stdout } = await runCommand(
      ["boards", "--port", board.path, other.path, "/nowhere", "--json"],
      folder,
    );
    expect(JSON.parse(stdout)).toMatchObject([
      { port: board.path, usb: null, kind: "board", banner: { board: "atmega328p", channels: 12 } },
      { port: other.path, kind: "text", text: expect.stringContaining("Marlin 2.1 ready") },
      { port: "/nowhere", kind: "failed", reason: expect.stringContaining("is not there") },
    ]);
    expect(status).toBe(2);
  });
});
