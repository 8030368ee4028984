import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Arrival, group, millisOf, validate } from "fieldline/plugin";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Board, startBoard } from "../../../test/parts/board.ts";
import { type InputRun, runInput } from "../../../test/parts/input-run.ts";
import { until } from "../../../test/parts/program.ts";
import { plugIn as plugInPty } from "../../../test/parts/pty.ts";
import { ArduinoInput } from "./arduino-input.ts";
import plugin from "./index.ts";
import type { Surroundings } from "./open-board.ts";
import type { ArduinoSettings } from "./settings.ts";

/** FIELDLINE_UNPLUGS: 200 for the whole test. */
const UNPLUGS = Number(process.env["FIELDLINE_UNPLUGS"] ?? 3);

const ends: (() => Promise<unknown>)[] = [];
let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fieldline-arduino-"));
});
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
  await rm(folder, { recursive: true });
});

function settingsOf(tree: unknown): ArduinoSettings {
  const { value, problems } = { value: undefined, ...validate(group(plugin.settings, "arduino"), tree) };
  if (value === undefined) throw new Error(JSON.stringify(problems));
  expect(plugin.check?.(value)).toEqual([]);
  return value;
}

async function plugIn(...more: string[]): Promise<Board> {
  const board = await startBoard(join(folder, "ttyACM0"), { arguments: more });
  ends.push(board.stop);
  return board;
}

interface Kept {
  /** What the input remembers between its runs. */
  value?: unknown;
  /** Why it cannot. */
  full?: Error;
  /** What the journal holds of it. */
  readings?: readonly Arrival[];
}

function start(tree: Record<string, unknown>, kept: Kept = {}, around: Partial<Surroundings> = {}): InputRun {
  const settings = settingsOf({ port: join(folder, "ttyACM0"), interval: "100ms", ...tree });
  const memory = {
    load: () => Promise.resolve(kept.value),
    save: (value: unknown) => (kept.full ? Promise.reject(kept.full) : Promise.resolve(void (kept.value = value))),
  };
  const recent = () => (kept.readings ?? []).map((each, offset) => ({ ...each, input: "input", offset }));
  const run = runInput(
    (context) => new ArduinoInput(settings, { ...context, memory, recent }, { watchMs: 50, ...around }),
  );
  ends.push(run.stop);
  return run;
}

const BATTERY = { name: "battery", kind: "voltage", pin: "A0" };
const lines = (run: InputRun, name: string) => run.texts().filter((text) => text.startsWith(name));
const isUp = (run: InputRun, times = 1) =>
  until(`the board, ${times} times`, () => run.reports.filter((report) => report.startsWith("up")).length >= times);
const down = async (run: InputRun) => {
  await until("the loss", () => run.reports.some((report) => report.startsWith("down")));
  return run.reports.findLast((report) => report.startsWith("down"));
};
const numbers = (run: InputRun, attribute: string) =>
  run.arrivals.map(({ attributes }) => Number(attributes?.[attribute]));
/** Milliseconds from when a reading was taken, as the input found, to when it came. */
const ages = (run: InputRun) =>
  run.arrivals.map(({ time, attributes }) => millisOf(time) - Number(attributes?.["measured"]) / 1e6);

describe("the input arduino", () => {
  it("configures a board that has never been told anything, and reads its sensors", async () => {
    const board = await plugIn();
    await board.adc(0, 2_500);
    await board.adc(2, 2_500);
    const sensors = {
      sensors: [
        { ...BATTERY, tags: { cell: "left" } },
        { name: "lid", kind: "digital", pin: "2", pullup: "true", on_change: "true" },
        { name: "meat", kind: "ntc", pin: "A1" },
        {
          name: "probe",
          kind: "ntc",
          pin: "A2",
          series: "10k",
          coefficients: ["1.129148e-3", "2.34125e-4", "8.76741e-8"],
        },
      ],
    };
    const run = start(sensors, {}, { reportMs: 500 });
    await isUp(run);
    expect(run.reports[0]).toMatch(/^up: reading the board [0-9A-F]{8} on .*ttyACM0, firmware \d/);
    await until("readings", () => lines(run, "battery").length > 5);
    expect(lines(run, "battery")[0]).toMatch(/^battery,cell=left volts=2\.49\d*$/);
    await board.pin("D", 2, false);
    await until("the lid", () => lines(run, "lid").at(-1) === "lid state=0i");
    expect(run.log.join()).toContain('the sensor "meat" has no value: it is shorted');
    await board.adc(1, 2_500);
    await until("the thermistor", () => lines(run, "meat").length > 1);
    expect(lines(run, "meat").at(-1)).toMatch(/^meat temp_c=2[45]/);
    expect(lines(run, "probe").at(-1)).toMatch(/^probe temp_c=(24\.9|25)/);
    const sequences = numbers(run, "sequence").filter((sequence) => !Number.isNaN(sequence));
    expect(sequences).toEqual(sequences.map((_, index) => index));
    await until("what happened on the line", () => lines(run, "fieldline_link").length > 0);
    expect(lines(run, "fieldline_link")[0]).toMatch(
      /^fieldline_link,board=[0-9A-F]{8} groups=\d+i,lost=0i,damaged=0i,restarts=0i,failures=\d+i,drift_ppm=-?\d+\.\d,jitter_ms=\d+\.\d{3}$/,
    );
    expect(Math.max(...ages(run).filter((age) => !Number.isNaN(age)))).toBeLessThan(1_000);
  });

  it("tells the board other settings without a reset", async () => {
    const board = await plugIn();
    await board.adc(0, 1_000);
    const kept: Kept = {};
    const before = start({ sensors: [BATTERY] }, kept);
    await isUp(before);
    await until("readings", () => before.arrivals.length > 10);
    await before.replace();
    kept.readings = before.arrivals;
    const after = start({ sensors: [{ ...BATTERY, name: "cell", scale: "2" }] }, kept);
    await until("readings", () => lines(after, "cell").length > 3);
    expect(lines(after, "cell").at(-1)).toMatch(/^cell volts=1\.9/);
    // What came while nobody listened has waited.
    expect(numbers(after, "clock")[0]).toBeGreaterThan(numbers(before, "clock").at(-1) ?? 0);
    expect(numbers(after, "clock")).not.toContain(Number.NaN);
    expect(numbers(after, "sequence")[0]).toBe((numbers(before, "sequence").at(-1) ?? 0) + 1);
    expect(after.counts).toEqual({});
  });

  it("takes what the board has held, once, when the agent was away", async () => {
    const board = await plugIn("-n");
    await board.adc(0, 1_000);
    const kept: Kept = {};
    const sensors = [{ ...BATTERY, interval: "250ms" }];
    const before = start({ sensors }, kept, { bootMs: 100 });
    await until("readings", () => before.arrivals.length > 5);
    await before.stop();
    kept.readings = before.arrivals;
    await sleep(1_500);
    const after = start({ sensors }, kept, { bootMs: 100 });
    await until("readings", () => after.arrivals.length > 10);
    const sequences = [...numbers(before, "sequence"), ...numbers(after, "sequence")];
    expect(sequences.toSorted((one, other) => one - other)).toEqual(sequences.map((_, index) => index));
    const held = after.arrivals.filter(({ attributes }) => attributes?.["age"] !== undefined);
    expect(held.length).toBeGreaterThan(3);
    const taken = after.arrivals.map(({ attributes }) => Number(attributes?.["measured"]) / 1e6);
    const inOrder = taken.toSorted((one, other) => one - other);
    for (let index = 1; index < inOrder.length; index++)
      expect(Math.abs((inOrder[index] ?? 0) - (inOrder[index - 1] ?? 0) - 250)).toBeLessThan(250);
  });

  it("passes on no wrong value of a line that flips one bit in a thousand, and counts each loss", async () => {
    const board = await plugIn();
    await board.adc(0, 2_500);
    const run = start({ sensors: [{ ...BATTERY, interval: "20ms" }] });
    await until("readings", () => run.arrivals.length > 10);
    await board.tell("noise 1000 7");
    await until("many readings", () => run.arrivals.length > 150);
    await board.tell("noise 0 0");
    expect(new Set(run.texts()).size).toBe(1);
    const last = Math.max(...numbers(run, "sequence"));
    await until("the losses to be counted", () => {
      const { lost_readings: lost = 0 } = run.counts;
      return new Set(numbers(run, "sequence").filter((each) => each <= last)).size + lost >= last + 1;
    });
    expect(run.counts["damaged_groups"]).toBeGreaterThan(10);
    expect(new Set(numbers(run, "sequence")).size).toBe(run.arrivals.length);
  });

  it("reads a board that it cannot remember, as on a full disk", async () => {
    await plugIn();
    const run = start({ sensors: [BATTERY] }, { full: new Error("no space left") });
    await until("readings", () => run.arrivals.length > 2);
    expect(run.log.join()).toContain("the board is not remembered, by which it is found among others: no space left");
  });

  it("goes on when the board comes back, in whatever line it was pulled out", async () => {
    const board = await plugIn();
    await board.adc(0, 2_500);
    const run = start({ sensors: [{ ...BATTERY, interval: "20ms" }] });
    for (let time = 1; time <= UNPLUGS; time++) {
      await isUp(run, time);
      const before = run.arrivals.length;
      await until("readings", () => run.arrivals.length > before + 5);
      await board.tell(`cut ${1 + time * 7}`);
      await until("the loss", () => run.reports.at(-1)?.startsWith("down") === true);
      await board.plug();
    }
    await isUp(run, UNPLUGS + 1);
    expect(new Set(run.texts()).size).toBe(1);
  });

  it("says that a board has gone quiet, and that it speaks again", async () => {
    const board = await plugIn();
    const run = start({ sensors: [BATTERY] }, {}, { silenceMs: 1_000 });
    await isUp(run);
    await board.tell("stop");
    expect(await down(run)).toMatch(/has been silent for 1 s: opening it again/);
    await board.tell("go");
    await isUp(run, 2);
  });

  it("finds the baud rate, and says which it is", async () => {
    await plugIn();
    const kept: Kept = {};
    const run = start({ sensors: [BATTERY], baud: "9600" }, kept, { bootMs: 1_000 });
    await until("readings", () => run.arrivals.length > 3);
    expect(run.log.join()).toMatch(/speaks 115200 baud, not 9600: set baud: 115200/);
    expect(kept.value).toMatchObject({ boards: [{ baud: 115_200 }] });
  });

  it("says what to do about a device with another program", async () => {
    const pty = await plugInPty(join(folder, "ttyACM0"));
    ends.push(pty.unplug);
    const chatter = setInterval(() => void pty.write("hello\n"), 20);
    ends.push(() => Promise.resolve(clearInterval(chatter)));
    const run = start({ sensors: [BATTERY] }, {}, { bootMs: 200 });
    expect(await down(run)).toMatch(/no board answers on .*ttyACM0, which says "hello.*fieldline flash/);
  });

  it("finds the only board that is plugged in, and one that it has seen before among several, under whatever name", async () => {
    const board = await plugIn();
    const device = async (name: string, serial: string) => {
      const usb = join(folder, "sys/devices/usb", name);
      await mkdir(join(usb, "tty"), { recursive: true });
      await mkdir(join(folder, "sys/class/tty", name), { recursive: true });
      await symlink(join(usb, "tty"), join(folder, "sys/class/tty", name, "device"));
      const files = { idVendor: "2341", idProduct: "0043", serial };
      for (const [file, text] of Object.entries(files)) await writeFile(join(usb, file), `${text}\n`);
    };
    await device("ttyACM0", "one");
    const kept: Kept = {};
    const around = { sys: join(folder, "sys"), dev: folder };
    const first = start({ port: "auto", sensors: [BATTERY] }, kept, around);
    await isUp(first);
    await first.stop();
    await device("ttyACM1", "two");
    const second = start({ port: "auto", sensors: [BATTERY] }, kept, around);
    await isUp(second);
    await board.stop();
    await rm(join(folder, "sys/class/tty/ttyACM0"), { recursive: true });
    await device("ttyACM7", "one");
    const again = await startBoard(join(folder, "ttyACM7"));
    ends.push(again.stop);
    await isUp(second, 2);
    expect(second.reports.at(-1)).toContain("ttyACM7");
    const stranger = start({ port: "auto", sensors: [BATTERY] }, {}, around);
    expect(await down(stranger)).toMatch(
      /2 serial devices are plugged in, name one by port or usb: .*ttyACM1 .*ttyACM7 /,
    );
  });
});
