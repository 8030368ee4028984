import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { type Banner, commandText, type Frame, FrameReader } from "../../src/board/index.ts";
import { Max6675 } from "../../src/demo/board/max6675.ts";
import { millivoltsAt } from "../../src/demo/board/thermistor.ts";
import { Uno } from "../../src/demo/index.ts";
import { builtFile, makeFirmware } from "../parts/firmware.ts";

/** A command that changes a whole channel in EEPROM takes 300. */
const MOST_ANSWER_MS = 400;
const THERMISTOR = { beta: 3_950, r0: 100_000, series: 10_000 };

let hex: string;
beforeAll(async () => {
  await makeFirmware("uno");
  hex = readFileSync(builtFile("fieldline-uno.hex"), "utf8");
});

describe("the demonstration's board, with the sketch in it", () => {
  it("says its banner when it is switched on, and answers", () => {
    const { take, order } = sketch();
    expect(banners(take())).toMatchObject([{ board: "atmega328p", id: undefined, epoch: 1, next: 0, channels: 12 }]);
    expect(order("info")).toMatchObject([{ kind: "banner" }]);
    expect(order("id 5EED1234")).toEqual([{ kind: "answer", text: "ok id" }]);
    expect(banners(order("info"))).toMatchObject([{ id: "5EED1234" }]);
  });

  it("measures voltages on all its analog inputs", () => {
    const { board, take, order } = sketch();
    const millivolts = [0, 1, 2, 3, 4, 5].map((input) => input * 1_000);
    for (const [input, value] of millivolts.entries()) {
      board.analog(input, value);
      order(`channel ${input} kind=voltage pin=A${input} every=200 name=a${input}`);
    }
    take();
    board.advance(250);
    const found = valuesOf(take());
    for (const [input, value] of millivolts.entries())
      expect(Math.abs((found.get(`a${input} volts`) ?? Number.NaN) * 1_000 - value)).toBeLessThan(5_000 / 1_023);
  });

  it("reads a thermocouple, a thermistor and a switch as they change", () => {
    const { board, take, order } = sketch();
    const thermocouple = new Max6675(board, { cs: 10, sck: 13, miso: 12 }, 243.25);
    board.analog(0, millivoltsAt(65, THERMISTOR));
    board.drive(2, false);
    order("channel 0 kind=max6675 pin=10 every=250 name=grill");
    order("channel 1 kind=ntc pin=A0 beta=3950 r0=100000 series=10000 every=250 name=meat");
    order("channel 2 kind=digital pin=2 pullup=1 every=1000 deadband=0 name=lid");
    take();
    board.advance(300);
    const found = valuesOf(take());
    expect(found.get("grill temp_c")).toBe(243.25);
    expect(found.get("meat temp_c")).toBeCloseTo(65, 0);

    thermocouple.celsius = 1_023.75;
    board.drive(2, undefined);
    board.advance(1_100);
    const changed = valuesOf(take());
    expect(changed.get("grill temp_c")).toBe(1_023.75);
    expect(changed.get("lid state")).toBe(1);

    thermocouple.celsius = undefined;
    board.advance(300);
    expect(take()).toContainEqual({ kind: "failure", channel: 0, reason: "open" });
  });

  it("counts pulses by its interrupt", () => {
    const { board, take, order } = sketch();
    order("channel 0 kind=counter pin=3 pullup=1 every=100 name=flow");
    for (let pulse = 0; pulse < 40; pulse++) {
      board.drive(3, false);
      board.advance(1);
      board.drive(3, undefined);
      board.advance(1);
    }
    take();
    board.advance(150);
    expect(valuesOf(take()).get("flow count")).toBe(40);
  });

  it("keeps its configuration and what it holds over a reset, and loses what it holds without power", () => {
    const { board, take, order } = sketch();
    order("channel 0 kind=supply every=100 name=supply");
    expect(order("keep 0B0A4DCA")).toContainEqual({ kind: "answer", text: "ok keep" });
    board.advance(300);
    take();

    board.reset();
    board.advance(250);
    const [banner, ...readings] = take();
    expect(banner).toMatchObject({ kind: "banner", banner: { config: "0B0A4DCA", epoch: 1 } });
    expect(banners([banner as Frame])[0]?.held).toBeGreaterThan(0);
    expect(valuesOf(readings).get("supply volts")).toBeCloseTo(5, 1);

    board.powerCycle();
    board.advance(50);
    expect(banners(take())).toMatchObject([{ config: "0B0A4DCA", epoch: 2, next: 0, held: 0 }]);
  });
});

/** A board with the sketch, whose time is this test's. */
function sketch() {
  const board = new Uno(hex);
  const reader = new FrameReader();
  let frames: Frame[] = [];
  board.onSend = (bytes) => frames.push(...reader.push(bytes));
  const take = () => {
    const said = frames;
    frames = [];
    return said;
  };
  /** Sends a command; what the board says until it has answered. */
  const order = (words: string) => {
    take();
    board.receive(Buffer.from(commandText(words)));
    const isAnswered = () => frames.some(({ kind }) => kind === "answer" || kind === "banner");
    for (let waited = 0; waited < MOST_ANSWER_MS && !isAnswered(); waited += 10) board.advance(10);
    return take();
  };
  board.advance(100);
  return { board, take, order };
}

function banners(frames: readonly Frame[]): Banner[] {
  return frames.flatMap((frame) => (frame.kind === "banner" ? [frame.banner] : []));
}

/** The newest value of each measurement and field. */
function valuesOf(frames: readonly Frame[]): Map<string, number> {
  expect(frames.filter(({ kind }) => kind === "damaged")).toEqual([]);
  const lines = frames.flatMap((frame) => (frame.kind === "group" ? [frame.line.toString()] : []));
  return new Map(
    lines
      .map((line) => line.split("=", 2) as [string, string])
      .map(([name, value]) => [name, Number.parseFloat(value)]),
  );
}
