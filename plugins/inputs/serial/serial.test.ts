import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { group, validate } from "fieldline/plugin";
import { SerialPort } from "serialport";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type InputRun, runInput } from "../../../test/parts/input-run.ts";
import { freePort, until } from "../../../test/parts/program.ts";
import { plugIn, type Pty } from "../../../test/parts/pty.ts";
import { showUsb } from "../../../test/parts/usb-tree.ts";
import plugin from "./index.ts";
import { SerialInput } from "./serial-input.ts";
import type { SerialSettings } from "./settings.ts";

const ends: (() => Promise<unknown>)[] = [];
let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fieldline-serial-"));
  await mkdir(join(folder, "dev"));
});
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
  await rm(folder, { recursive: true });
});

/** A path of the folder that stands for /dev. */
const dev = (name: string) => join(folder, "dev", name);

function settingsOf(tree: unknown): SerialSettings {
  const { value, problems } = { value: undefined, ...validate(group(plugin.settings, "serial"), tree) };
  if (value === undefined) throw new Error(JSON.stringify(problems));
  return value;
}

/** Runs the input with settings as in a file, in the folder's /dev and /sys, with short waits. */
function start(tree: unknown, sync?: () => Promise<void>): InputRun {
  const surroundings = {
    sys: join(folder, "sys"),
    dev: join(folder, "dev"),
    watchMs: 50,
    firstRetryMs: 20,
    lastRetryMs: 80,
  };
  const run = runInput((context) => new SerialInput(settingsOf(tree), context, surroundings), sync);
  ends.push(run.stop);
  return run;
}

async function board(name: string): Promise<Pty> {
  const pty = await plugIn(dev(name));
  ends.push(pty.unplug);
  return pty;
}

const ups = ({ reports }: InputRun) => reports.filter((report) => report.startsWith("up")).length;
const downs = ({ reports }: InputRun) => reports.filter((report) => report.startsWith("down"));
async function isUp(run: InputRun, times = 1): Promise<void> {
  await until(`the port to be open ${times} times`, () => ups(run) >= times);
}
async function isDown(run: InputRun): Promise<void> {
  await until("the loss to be noticed", () => run.reports.at(-1)?.startsWith("down") === true);
}
async function has(run: InputRun, text: string): Promise<void> {
  await until(`the frame ${text}`, () => run.texts().includes(text));
}

describe("the input serial", () => {
  it("reads lines, each a reading of the port, but the first, which may lack its beginning", async () => {
    const pty = await board("ttyACM0");
    const run = start({ port: pty.path });
    await isUp(run);
    await pty.write("om=lab v=1\nair v=2\r\n\r\n#~0003 1820\nair v=3\n");
    await has(run, "air v=3");
    expect(run.texts()).toEqual(["air v=2", "#~0003 1820", "air v=3"]);
    expect(run.arrivals.every(({ channel }) => channel === pty.path)).toBe(true);
    expect(run.options.every((options) => options?.canWait === false && options.senderWaits !== true)).toBe(true);
    expect(run.counts).toEqual({ partial_frames: 1 });
  });

  it("puts lines together that come in pieces, cut at every place", async () => {
    const pty = await board("ttyACM0");
    const run = start({ port: pty.path });
    await isUp(run);
    const line = "air,room=lab temp=21.5 1700000000\n";
    await pty.write("\n");
    for (let cut = 0; cut <= line.length; cut++) {
      await pty.write(line.slice(0, cut));
      await pty.write(line.slice(cut));
    }
    await until("all lines", () => run.arrivals.length === line.length + 1);
    expect(new Set(run.texts())).toEqual(new Set([line.trim()]));
    expect(run.counts).toEqual({});
  });

  it("goes on when the board comes back under its name, whatever the unplugging interrupts", async () => {
    const run = start({ port: dev("ttyACM0") });
    for (let round = 1; round <= 25; round++) {
      const pty = await board("ttyACM0");
      await isUp(run, round);
      await pty.write("\n");
      const chatter = setInterval(() => void pty.write(`round v=${round}\n`), 1);
      await has(run, `round v=${round}`);
      await pty.unplug();
      clearInterval(chatter);
      await isDown(run);
    }
    expect(run.arrivals.length).toBeGreaterThanOrEqual(25);
  });

  it("says once that a device is not there, however often it looks", async () => {
    const run = start({ port: dev("ttyACM7") });
    await until("a report", () => run.reports.length > 0);
    const pty = await board("ttyACM7");
    await isUp(run);
    expect(run.reports).toEqual([
      `down: ${pty.path} is not there: is the device plugged in, under this name?`,
      `up: reading ${pty.path}`,
    ]);
  });

  it("notices that the device node is another one, though the open one says nothing", async () => {
    const first = await board("ttyACM0");
    const second = await board("ttyACM1");
    const link = dev("serial-by-id");
    await symlink(first.path, link);
    const run = start({ port: link });
    await isUp(run);
    await first.write("\na v=1\n");
    await has(run, "a v=1");
    await rm(link);
    await symlink(second.path, link);
    await isUp(run, 2);
    await second.write("\na v=2\n");
    await has(run, "a v=2");
    expect(downs(run).join()).toMatch(/is (another device now|gone)/);
    expect(new Set(run.arrivals.map(({ channel }) => channel))).toEqual(new Set([link]));
  });

  it("opens a silent port again and again, says so once, and that it is up when it speaks", async () => {
    const pty = await board("ttyACM0");
    const run = start({ port: pty.path, silence: "100ms" });
    await until("the silence", () => downs(run).length > 0);
    await sleep(500);
    expect(run.reports).toEqual([
      `up: reading ${pty.path}`,
      `down: ${pty.path} has been silent for 0.1 s: opening it again`,
    ]);
    await until("a line", async () => {
      await pty.write("\na v=1\n");
      return run.texts().includes("a v=1");
    });
    await isUp(run, 2);
  });

  it("reads several ports at once, and goes on with one when the other dies", async () => {
    const [left, right] = [await board("ttyACM0"), await board("ttyUSB0")];
    const [first, second] = [start({ port: left.path }), start({ port: right.path })];
    await Promise.all([isUp(first), isUp(second)]);
    await Promise.all([left.write("\nleft v=1\n"), right.write("\nright v=1\n")]);
    await Promise.all([has(first, "left v=1"), has(second, "right v=1")]);
    await left.unplug();
    await right.write("right v=2\n");
    await has(second, "right v=2");
    await until("the loss", () => downs(first).length > 0);
    expect(second.texts()).toEqual(["right v=1", "right v=2"]);
    expect(downs(second)).toEqual([]);
  });

  it("leaves a line of 10 MB out, whole, and reads the next", async () => {
    const pty = await board("ttyACM0");
    const run = start({ port: pty.path });
    await isUp(run);
    await pty.write("\na v=1\n");
    await pty.write(Buffer.alloc(10_000_000, "x"));
    await pty.write("\na v=2\n");
    await has(run, "a v=2");
    expect(run.texts()).toEqual(["a v=1", "a v=2"]);
    expect(run.counts).toEqual({ oversized_frames: 1 });
    expect(run.log.at(-1)).toContain(`begins with "${"x".repeat(40)}"`);
  });

  it("hands noise on, counts it, asks about the baud rate while it prevails, and takes that back", async () => {
    const pty = await board("ttyACM0");
    const run = start({ port: pty.path, baud: "9600" });
    await isUp(run);
    const noise = Buffer.from([0x80, 0xfe, 0x00, 0x1c, 0xe0, 0x0a]);
    await pty.write(Buffer.concat([Buffer.from("\nboot\n"), ...Array.from({ length: 9 }, () => noise)]));
    const hint = "9 of the last 10 frames are not text: is baud 9600 right?";
    await until("the hint", () => run.reports.includes(`up: ${hint}`));
    expect(run.log).toContain(`warn: ${hint}`);
    expect(run.arrivals).toHaveLength(10);
    expect(Buffer.from(run.arrivals[1]?.payload ?? []).equals(noise.subarray(0, -1))).toBe(true);
    await pty.write("a v=1\n".repeat(10));
    await until("the all-clear", () => run.reports.at(-1) === `up: reading ${pty.path}`);
    expect(run.counts).toEqual({ noise_frames: 9 });
  });

  it("cuts frames of a fixed length, and finds their beginning after a pause", async () => {
    const pty = await board("ttyUSB0");
    const run = start({ port: pty.path, framing: { type: "length", length: "4", gap: "50ms" } });
    await isUp(run);
    await pty.write("cd");
    await until("the pause", () => run.counts["partial_frames"] === 1);
    await pty.write("abcdABCD");
    await has(run, "ABCD");
    expect(run.texts()).toEqual(["abcd", "ABCD"]);
  });

  it("cuts frames at a delimiter", async () => {
    const pty = await board("ttyUSB0");
    const run = start({ port: pty.path, framing: { type: "delimiter", delimiter: "\\x00" } });
    await isUp(run);
    await pty.write("tail\0one\ntwo\0three\0");
    await has(run, "three");
    expect(run.texts()).toEqual(["one\ntwo", "three"]);
  });

  it("says who may have a locked port open, and opens it when it is free", async () => {
    const pty = await board("ttyACM0");
    const other = new SerialPort({ path: pty.path, baudRate: 115_200 });
    await once(other, "open");
    const run = start({ port: pty.path });
    await until("the trouble", () => downs(run).length > 0);
    expect(downs(run)[0]).toBe(
      `down: ${pty.path} is open in another program: close that; "fuser -v ${pty.path}" names it`,
    );
    await new Promise<void>((resolve) => other.close(() => resolve()));
    await isUp(run);
  });

  it("says what is wrong with a file that is no serial device, and with parity that there is not", async () => {
    await writeFile(dev("file"), "text");
    const file = start({ port: dev("file") });
    await until("the trouble", () => downs(file).length > 0);
    expect(downs(file)[0]).toBe(`down: ${dev("file")} is not a serial device`);
    const pty = await board("ttyACM0");
    const parity = start({ port: pty.path, parity: "mark" });
    await until("the trouble", () => downs(parity).length > 0);
    expect(downs(parity)[0]).toContain("cannot be opened with parity mark");
  });

  it("holds the device back while too much is on its way into the journal", async () => {
    const release = Promise.withResolvers<void>();
    const pty = await board("ttyACM0");
    const run = start({ port: pty.path }, () => release.promise);
    await isUp(run);
    const line = `${"x".repeat(60_000)}\n`;
    const written = pty.write(`\n${line.repeat(120)}`);
    await until("the window to fill", () => run.arrivals.length >= 70);
    expect(run.arrivals.length).toBeLessThan(75);
    release.resolve();
    await written;
    await until("all lines", () => run.arrivals.length === 120);
  });

  it.each([
    ["while it reads", "ttyACM0"],
    ["while it waits for the device", "ttyACM9"],
  ])("ends when told to, %s, and holds nothing", async (_when, name) => {
    const pty = await board("ttyACM0");
    const run = start({ port: dev(name) });
    await until("a report", () => run.reports.length > 0);
    await run.stop();
    const other = new SerialPort({ path: pty.path, baudRate: 9_600 });
    await once(other, "open");
    expect(other.isOpen).toBe(true);
    await new Promise<void>((resolve) => other.close(() => resolve()));
  });
});

describe("the input serial, by USB ids", () => {
  const uno = { vendor: "2341", product: "0043", serial: "7523030" };
  const nano = { vendor: "1a86", product: "7523", serial: "" };

  it("finds the device again under another name, and keeps its channel", async () => {
    const run = start({ usb: { vendor: "0x2341", serial: "7523030" } });
    await until("a report", () => run.reports.length > 0);
    expect(run.reports[0]).toBe("down: no serial device matches usb:2341:*:7523030; plugged in: no USB serial device");
    const first = await board("ttyACM0");
    const hide = await showUsb(folder, "ttyACM0", "1-1", uno);
    await isUp(run);
    await first.write("\na v=1\n");
    await has(run, "a v=1");
    await first.unplug();
    await hide();
    await isDown(run);
    const second = await board("ttyACM1");
    await showUsb(folder, "ttyACM1", "1-2", uno);
    await isUp(run, 2);
    await second.write("\na v=2\n");
    await has(run, "a v=2");
    expect(run.texts()).toEqual(["a v=1", "a v=2"]);
    expect(new Set(run.arrivals.map(({ channel }) => channel))).toEqual(new Set(["usb:2341:*:7523030"]));
  });

  it("tells devices apart by vendor, product and serial number, and asks when it cannot", async () => {
    await showUsb(folder, "ttyACM0", "1-1", uno);
    await showUsb(folder, "ttyUSB0", "1-2", nano);
    await showUsb(folder, "ttyACM1", "1-3", { ...uno, serial: "other" });
    await board("ttyUSB0");
    await isUp(start({ usb: { vendor: "1A86", product: "7523" } }));
    const unclear = start({ usb: { vendor: "2341" } });
    await until("a report", () => unclear.reports.length > 0);
    expect(unclear.reports[0]).toBe(
      `down: 2 serial devices match usb:2341:*:*: ${dev("ttyACM0")} (2341:0043 serial 7523030), ` +
        `${dev("ttyACM1")} (2341:0043 serial other); narrow it, for example with serial:, or name the port: by its link in /dev/serial/by-path`,
    );
  });
});

/** A bridge at a port, and the connections it has. */
async function bridge(port: number): Promise<{ server: Server; sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
  }).listen(port, "127.0.0.1");
  await once(server, "listening");
  ends.push(async () => {
    for (const socket of sockets) socket.destroy();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  });
  return { server, sockets };
}

describe("the input serial, through a bridge", () => {
  it("waits for the bridge, reads, and connects again when the connection breaks", async () => {
    const port = await freePort();
    const run = start({ port: `tcp://127.0.0.1:${port}` });
    await until("a report", () => run.reports.length > 0);
    expect(run.reports[0]).toBe(
      `down: cannot connect to tcp://127.0.0.1:${port}: connect ECONNREFUSED 127.0.0.1:${port}; does the bridge run, and listen there?`,
    );
    const { sockets } = await bridge(port);
    await until("a connection", () => sockets.length === 1);
    sockets[0]?.write("\na v=1\na v=");
    await has(run, "a v=1");
    sockets[0]?.destroy();
    await until("another connection", () => sockets.length === 2);
    sockets[1]?.write("9\na v=2\n");
    await has(run, "a v=2");
    sockets[1]?.end();
    await until("a third connection", () => sockets.length === 3);
    expect(run.texts()).toEqual(["a v=1", "a v=2"]);
    expect(run.counts).toEqual({ partial_frames: 2 });
    expect(downs(run).at(-1)).toBe(`down: tcp://127.0.0.1:${port} closed the connection`);
    await run.stop();
    await until("the connection to be closed", () => sockets[2]?.destroyed === true);
  });
});

const problems = (tree: unknown) =>
  (plugin.check?.(settingsOf(tree)) ?? []).map(({ path, code }) => `${path.join(".")} ${code}`);
const claims = (tree: unknown) => plugin.claims?.(settingsOf(tree));

describe("the settings of serial", () => {
  it("want exactly one of port and usb, and an address that is one", () => {
    expect(problems({ port: "/dev/ttyACM0" })).toEqual([]);
    expect(problems({ port: "tcp://[::1]:4000" })).toEqual([]);
    expect(problems({ usb: { vendor: "0403" } })).toEqual([]);
    expect(problems({})).toEqual(["port missing-setting"]);
    expect(problems({ port: "/dev/ttyACM0", usb: { vendor: "0403" } })).toEqual(["usb conflicting-settings"]);
    expect(problems({ usb: {} })).toEqual(["usb missing-setting"]);
    for (const port of ["tcp://host", "tcp://host:0", "tcp://host:99999", "udp://host:1", "tcp://:1"])
      expect(problems({ port })).toEqual(["port bad-text"]);
    expect(problems({ port: "COM3", framing: { type: "length" } })).toEqual(["framing.length missing-setting"]);
  });

  it("claim the port, however USB ids are written", () => {
    expect(claims({ port: "/dev/ttyACM0" })).toEqual([{ kind: "port", name: "/dev/ttyACM0" }]);
    expect(claims({ usb: { vendor: "0x403" } })).toEqual(claims({ usb: { vendor: "0403" } }));
    expect(claims({ usb: { vendor: "1A86" } })).toEqual([{ kind: "port", name: "usb:1a86:*:*" }]);
  });
});
