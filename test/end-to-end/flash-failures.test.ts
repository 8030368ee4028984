import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "vitest";
import { runCommand, startCommand } from "../parts/command.ts";
import { builtFile, makeFirmware } from "../parts/firmware.ts";
import { plugInFlashable } from "../parts/flashable-board.ts";
import { plugIn } from "../parts/pty.ts";
import { until } from "../parts/program.ts";
import { startOnTerminal } from "../parts/terminal.ts";

describe.concurrent("fieldline flash, when it cannot be done,", () => {
  it("says that the sketch runs on when opening the port does not reset the board", async ({
    expect,
    onTestFinished: after,
  }) => {
    const { folder, port } = await plugInFlashable(after, "optiboot", "ours", "-n");
    const { status, stderr } = await runCommand(["flash", "--port", port, "--yes"], folder);
    expect(stderr).toMatch(/no bootloader answers on \S+port, tried at 115200 and 57600 baud/);
    expect(stderr).toContain("press the board's reset button");
    expect(status).toBe(2);
  });

  it("says that nothing answers at all, and who has the port open too", async ({ expect, onTestFinished: after }) => {
    const folder = await mkdtemp(join(tmpdir(), "fieldline-flash-"));
    after(() => rm(folder, { recursive: true, force: true }));
    const silent = await plugIn(join(folder, "port"));
    after(silent.unplug);
    const { status, stderr } = await runCommand(["flash", "--port", silent.path, "--yes"], folder);
    // The other end of the pseudo-terminal holds it open, as `cat` in another window would.
    expect(stderr).toMatch(/it says nothing at all\n {2}- process \d+ has the port open too, .*: \S*socat /);
    expect(status).toBe(2);
  });

  it("says that a bridge has its own rate", async ({ expect, onTestFinished: after }) => {
    const bridge = createServer((socket) => socket.resume());
    bridge.listen(0, "127.0.0.1");
    await once(bridge, "listening");
    after(() => void bridge.close());
    const { port } = bridge.address() as AddressInfo;
    const { status, stderr } = await runCommand(["flash", "--port", `tcp://127.0.0.1:${port}`, "--yes"], tmpdir());
    expect(stderr).toContain("tried at the bridge's rate: it says nothing at all");
    expect(status).toBe(2);
  });

  it("says below the bar that the board is gone when it is unplugged in the middle, and that its program is not whole", async ({
    expect,
    onTestFinished: after,
  }) => {
    const { folder, port, board } = await plugInFlashable(after, "optiboot");
    const { printed, ended, close } = startOnTerminal(["flash", "--port", port, "--yes"], folder);
    after(close);
    await until("the bar", () => printed().includes("[##"));
    await board.unplug();
    await ended;
    expect(printed()).toMatch(
      /%\r\nfieldline: .*port (is gone|has hung up).*; the program on the board is not whole now: flash it again/,
    );
  });

  it("names the agent that has the port, and what to do with it", async ({ expect, onTestFinished: after }) => {
    const folder = await mkdtemp(join(tmpdir(), "fieldline-flash-"));
    after(() => rm(folder, { recursive: true, force: true }));
    const port = await plugIn(join(folder, "port"));
    after(port.unplug);
    await writeFile(
      join(folder, "fieldline.yaml"),
      `version: 1\nagent: { http: false }\ninputs:\n  board: { type: serial, port: ${port.path} }\noutputs:\n  console: { type: stdout }\n`,
    );
    const agent = startCommand(["run"], folder);
    after(async () => void (await agent.stop()));
    await until("the agent to open the port", () => agent.stderr().includes(port.path));
    const { status, stderr } = await runCommand(["flash", "--port", port.path, "--yes"], folder);
    expect(stderr).toContain(`is in use by a running Fieldline agent, process ${agent.child.pid}: stop it`);
    expect(status).toBe(2);
  });

  it("refuses files that are not for the board before it opens the port", async ({ expect, onTestFinished: after }) => {
    const folder = await mkdtemp(join(tmpdir(), "fieldline-flash-"));
    after(() => rm(folder, { recursive: true, force: true }));
    await makeFirmware("uno");
    await writeFile(join(folder, "bad.hex"), ":0100000001FF\n");
    const flash = (...args: string[]) => runCommand(["flash", "--port", "/nowhere", ...args], folder);
    expect(await flash("--hex", "bad.hex")).toMatchObject({
      status: 1,
      stderr: "fieldline: bad.hex:1: the checksum is wrong: the file is damaged\n",
    });
    expect((await flash("--hex", "none.hex")).stderr).toContain("none.hex is not there");
    expect((await flash("--hex", builtFile("fieldline-uno.hex"), "--board", "leonardo")).stderr).toContain(
      "is the firmware for atmega328p, and the board has atmega32u4",
    );
    expect(await flash()).toMatchObject({ status: 2, stderr: expect.stringContaining("/nowhere is not there") });
  });
});
