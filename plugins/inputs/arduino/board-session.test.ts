import { setTimeout as sleep } from "node:timers/promises";
import { type Arrival, group, millisOf, validate } from "fieldline/plugin";
import { afterEach, describe, expect, it } from "vitest";
import { type InputRun, runInput } from "../../../test/parts/input-run.ts";
import { until } from "../../../test/parts/program.ts";
import { type ScriptedBanner, type ScriptedBoard, startScriptedBoard } from "../../../test/parts/scripted-board.ts";
import { ArduinoInput } from "./arduino-input.ts";
import plugin from "./index.ts";
import type { Surroundings } from "./open-board.ts";

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function plugIn(banner: Partial<ScriptedBanner> = {}): Promise<ScriptedBoard> {
  const board = await startScriptedBoard(banner);
  ends.push(board.remove);
  return board;
}

const BATTERY = { name: "battery", kind: "voltage", pin: "A0" };
const LID = { name: "lid", kind: "digital", pin: "2" };

interface Circumstances {
  /** What the journal holds. */
  readonly stored?: readonly Arrival[];
  readonly sync?: () => Promise<void>;
  readonly around?: Partial<Surroundings>;
  readonly observing?: boolean;
}

function start(
  board: ScriptedBoard,
  tree: Record<string, unknown> = {},
  { stored = [], sync, around, observing = false }: Circumstances = {},
): InputRun {
  const written = { port: board.url, sensors: [BATTERY], ...tree };
  const { value } = { value: undefined, ...validate(group(plugin.settings, "arduino"), written) };
  if (value === undefined) throw new Error("these are no settings");
  const recent = () => stored.map((each, offset) => ({ ...each, input: "input", offset }));
  const run = runInput(
    (context) =>
      new ArduinoInput(value, { ...context, recent, observing }, { bootMs: 20, silenceMs: 60_000, ...around }),
    sync,
  );
  ends.push(run.stop);
  return run;
}

/** Starts the input, and waits until the board is configured and read. */
async function read(board: ScriptedBoard, tree?: Record<string, unknown>, how?: Circumstances): Promise<InputRun> {
  const run = start(board, tree, how);
  await until("the board", () => run.reports.some((report) => report.startsWith("up")));
  return run;
}

const arrived = (run: InputRun, count: number) => until(`${count} readings`, () => run.arrivals.length >= count);
/** Each reading as `epoch/sequence: payload`. */
const readings = (run: InputRun) =>
  run.arrivals.map(
    ({ attributes = {}, payload }) =>
      `${attributes["epoch"]}/${attributes["sequence"]}: ${Buffer.from(payload).toString()}`,
  );
/** By how many milliseconds a reading was taken before it came, at the most. */
const oldest = (run: InputRun) =>
  Math.max(...run.arrivals.map(({ time, attributes }) => millisOf(time) - Number(attributes?.["measured"]) / 1e6));
const reset = (board: ScriptedBoard, banner: Partial<ScriptedBanner>) => {
  Object.assign(board.banner, { clock: 2, ...banner });
  board.sayBanner();
};
/** What the board was told about its channels. */
const told = (board: ScriptedBoard) => board.commands.filter((words) => /^(clear|channel|keep)/.test(words));
const TOLD_BATTERY = "channel 0 kind=voltage name=battery pin=A0 every=1000";
const TOLD_LID = "channel 1 kind=digital name=lid pin=2 every=1000";
/** Has the board send held readings when it is asked, from `first` up to `end`, one every so many milliseconds. */
function holds(board: ScriptedBoard, first: number, end: number, everyMs: number): void {
  const held = new Set(Array.from({ length: end - first }, (_, index) => first + index));
  let next = end;
  const timer = setInterval(() => {
    while (next < end && !held.has(next)) next++;
    if (next < end) board.group("battery volts=3", `#+${next++} 5000`);
  }, everyMs);
  ends.push(() => Promise.resolve(clearInterval(timer)));
  board.answer = (words) => {
    const [name, number] = words.split(" ");
    if (name === "ack") for (const each of held) if (each <= Number(number)) held.delete(each);
    if (name === "channel") held.clear();
    if (name === "again") next = Math.max(first, Number(number));
    return undefined;
  };
}

describe("a session with a board", () => {
  it("begins another sequence when the board has lost its memory, though it has said nothing before", async () => {
    const board = await plugIn({ next: 5, clock: 3_000 });
    const run = await read(board);
    reset(board, { epoch: 2, next: 0 });
    board.group("battery volts=2", "#~0 10");
    await arrived(run, 1);
    expect(readings(run)).toEqual(["2/0: battery volts=2"]);
    expect(run.counts).toEqual({ board_restarts: 1 });
  });

  it("and when it gives numbers again, because power was lost while it counted the loss", async () => {
    const board = await plugIn({ next: 5 });
    const run = await read(board);
    for (const sequence of [50, 51]) board.group("battery volts=1", `#~${sequence} ${1_000 + sequence}`);
    await arrived(run, 2);
    // Said late, so that the clock does not tell.
    reset(board, { next: 0, clock: 2_000 });
    for (const sequence of [0, 1]) board.group("battery volts=2", `#~${sequence} ${2_010 + sequence}`);
    await arrived(run, 4);
    expect(run.counts).toEqual({ board_restarts: 1 });
    await run.stop();
    // After a restart only the second run's numbers are those that it has already.
    Object.assign(board.banner, { next: 50, held: 0, clock: 9_000 });
    const again = await read(board, {}, { stored: run.arrivals });
    board.group("battery volts=2", "#~50 9100");
    await arrived(again, 1);
    expect(readings(again)).toEqual(["1/50: battery volts=2"]);
    await until("the losses", () => again.counts["lost_readings"] === 48);
  });

  it("counts what was missing when the board lost its memory, and tells it its channels when it has lost them", async () => {
    const board = await plugIn();
    const run = await read(board);
    for (const sequence of [0, 2]) board.group("battery volts=1", `#~${sequence} ${1_000 + sequence}`);
    reset(board, { epoch: 2, next: 0, config: "00000000" });
    const keeps = () => board.commands.filter((words) => words.startsWith("keep"));
    await until("the configuration", () => keeps().length === 2);
    await until("the loss", () => run.counts["lost_readings"] === 1);
  });

  it("asks again for what the journal has not taken, and takes no more than that holds", async () => {
    const board = await plugIn();
    let sync = () => Promise.resolve();
    const run = await read(board, {}, { sync: () => sync() });
    sync = () => Promise.reject(new Error("it is being stopped"));
    board.group("battery volts=1", "#~0 1000");
    await until("the request", () => board.commands.includes("again 0"));
    const room = Promise.withResolvers<void>();
    sync = () => room.promise;
    board.group("battery volts=1", "#+0 100");
    for (let sequence = 1; sequence < 4_200; sequence++)
      board.group("battery volts=1", `#~${sequence} ${1_000 + sequence}`);
    await arrived(run, 4_097);
    room.resolve();
    board.group("battery volts=1", "#~4200 9000");
    await until("the others to be asked for", () => board.commands.includes("again 4096"));
    expect(run.counts).toEqual({});
  });

  it("asks what has happened when the board's clock goes back without a banner, and gives no reading a wrong time", async () => {
    const board = await plugIn({ clock: 10_000_000 });
    const run = await read(board);
    board.group("battery volts=1", "#~0 10000010");
    await arrived(run, 1);
    Object.assign(board.banner, { epoch: 2, next: 2, held: 2, clock: 300 });
    holds(board, 0, 2, 1);
    board.send("#!fieldline 1 fw=0.1.0 boxrd ABCD\n");
    board.group("battery volts=2", "#~0 100");
    board.group("battery volts=2", "#~1 200");
    await arrived(run, 3);
    expect(readings(run)).toEqual(["1/0: battery volts=1", "2/0: battery volts=3", "2/1: battery volts=3"]);
    expect(oldest(run)).toBeLessThan(6_000);
    expect(run.counts).toEqual({ damaged_groups: 1, board_restarts: 1 });
  });

  it("gives each sensor a channel, so that `thin` leaves none out", async () => {
    const board = await plugIn();
    const run = await read(board, { sensors: [BATTERY, LID] });
    board.group("battery,cell=left volts=1", "#~0 10");
    board.group("lid state=1i", "#~1 11");
    await arrived(run, 2);
    const channels = run.arrivals.map(({ channel }) => channel);
    expect(channels).toEqual(["board:5EED1234/battery,cell=left", "board:5EED1234/lid"]);
  });

  it("ends when another board answers", async () => {
    const board = await plugIn();
    const run = await read(board);
    reset(board, { id: "0000BEEF", epoch: 7 });
    board.group("battery volts=2", "#~0 20");
    await until("the other board", () => run.reports.some((report) => report.includes("the board 0000BEEF")));
    expect(run.reports[1]).toMatch(/^down: another board answers on tcp:.*: opening it again/);
    board.group("battery volts=2", "#~1 30");
    await arrived(run, 1);
    expect(run.arrivals.map(({ attributes }) => attributes?.["board"])).toEqual(["0000BEEF"]);
  });

  it("waits for all that the board holds, however long that takes, and makes it safe before it changes the channels", async () => {
    const board = await plugIn({ next: 100, held: 100 });
    holds(board, 0, 100, 15);
    const synced = Promise.withResolvers<void>();
    const run = start(board, {}, { sync: () => synced.promise });
    await arrived(run, 100);
    await until("the sync", () => run.options.at(-1)?.senderWaits === true);
    expect(board.commands.filter((words) => words.startsWith("channel"))).toEqual([]);
    // What is on its way is not asked for, or so often that it is given up.
    expect(board.commands.filter((words) => words.startsWith("again")).length).toBeLessThan(4);
    synced.resolve();
    await until("the configuration", () => board.commands.some((words) => words.startsWith("keep")));
    expect(run.counts).toEqual({});
  });

  it("counts what the board has said while nobody listened, and holds no more", async () => {
    const board = await plugIn();
    const before = await read(board);
    board.group("battery volts=1", "#~0 1000");
    await arrived(before, 1);
    await before.stop();
    Object.assign(board.banner, { next: 3_000, held: 1, clock: 5_000_000 });
    holds(board, 2_999, 3_000, 1);
    const run = await read(board, {}, { stored: before.arrivals });
    await arrived(run, 1);
    await until("the losses", () => run.counts["lost_readings"] === 2_998);
  });

  it("does not blame a sensor for what the channel's former one lacks", async () => {
    const board = await plugIn({ config: "0B0A4DCA" });
    board.answer = (words) => {
      if (words.startsWith("channel 0")) board.say("#?0 absent");
      if (words.startsWith("keep")) setTimeout(() => board.say("#?0 short"), 1);
      return undefined;
    };
    const run = await read(board);
    await until("the failures", () => run.counts["sensor_failures"] === 2);
    expect(run.log).toHaveLength(1);
    expect(run.log[0]).toContain('the sensor "battery" has no value: it is shorted');
  });

  it("is gone on with by an input that takes over: its clock, its sequence and its counts", async () => {
    const board = await plugIn();
    const before = start(board, {});
    await until("the board", () => before.reports.length > 0);
    board.group("battery volts=1", "#~0 1000");
    await arrived(before, 1);
    await before.replace();
    board.group("battery volts=2", "#~1 1010");
    // It comes while nobody listens.
    await sleep(30);
    const after = await read(board, { sensors: [BATTERY, LID] }, { stored: before.arrivals, around: { reportMs: 0 } });
    await arrived(after, 2);
    expect(after.arrivals[0]?.attributes).toMatchObject({ sequence: "1", clock: "1010" });
    expect(after.texts()[1]).toMatch(/^fieldline_link,board=5EED1234 groups=2i,lost=0i/);
    expect(board.connections()).toBe(1);
    expect(told(board).slice(3)).toEqual([TOLD_BATTERY, TOLD_LID, expect.stringMatching(/^keep/)]);
    // One that is no more is turned off.
    await after.replace();
    await read(board);
    expect(told(board).slice(6)).toEqual([TOLD_BATTERY, "channel 1 kind=off", expect.stringMatching(/^keep/)]);
  });

  it("leaves no trace while it only looks on, and says that the board has other sensors", async () => {
    const board = await plugIn({ id: "00000000", next: 3, held: 2 });
    const run = await read(board, {}, { observing: true, around: { reportMs: 0, silenceMs: 1 } });
    board.group("cell volts=1", "#~4 10");
    await until("what happened on the line", () => run.texts().some((text) => text.startsWith("fieldline_link")));
    expect(run.texts().at(-1)).toMatch(/^fieldline_link,board=00000000 groups=1i,/);
    expect(run.options.at(-1)).toEqual({ canWait: false });
    expect(run.log).toEqual([
      expect.stringContaining("the board 00000000 has other sensors than the configuration, or none yet"),
    ]);
    expect(run.reports).toEqual([expect.stringContaining("reading the board 00000000 on tcp:")]);
    await run.stop();
    expect(board.commands).toEqual(["info"]);
  });

  it("takes no machine that has stood still for a silent board", async () => {
    const board = await plugIn();
    const run = await read(board, {}, { around: { silenceMs: 400 } });
    let sequence = 0;
    const timer = setInterval(() => board.group("battery volts=1", `#~${sequence} ${10 * sequence++}`), 20);
    ends.push(() => Promise.resolve(clearInterval(timer)));
    await arrived(run, 3);
    const before = run.arrivals.length;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 700);
    await arrived(run, before + 30);
    expect(run.reports).toHaveLength(1);
  });

  it("is told its channels from the beginning when the telling was interrupted", async () => {
    const board = await plugIn();
    const first = await read(board);
    await first.replace();
    board.answer = (words) => (words.startsWith("channel 0") ? "" : undefined);
    const second = start(board, { sensors: [LID] });
    await until("the interruption", () => told(board).length === 4);
    await second.replace();
    board.answer = () => undefined;
    await read(board);
    expect(told(board).slice(-3)).toEqual(["clear", TOLD_BATTERY, expect.stringMatching(/^keep/)]);
    expect(board.connections()).toBe(1);
  });

  it("is not taken over for another model", async () => {
    const board = await plugIn();
    const before = await read(board);
    await before.replace();
    const after = start(board, { model: "mega" });
    await until("the refusal", () => after.reports.length > 0);
    expect(after.reports[0]).toContain("the board is a Uno or Nano, and the configuration says model: mega");
    expect(board.connections()).toBe(2);
  });

  it("turns all channels off at once where it does not know which are on", async () => {
    const board = await plugIn({ config: "0B0A4DCA" });
    await read(board);
    expect(told(board)).toEqual(["clear", TOLD_BATTERY, expect.stringMatching(/^keep/)]);
  });
});
