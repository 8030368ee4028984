import { afterEach, describe, expect, it, vi } from "vitest";
import { BoardClock } from "./board-clock.ts";
import { WallClock } from "./wall-clock.ts";

const BAUD = 115_200;
/** As many bytes as take 10 ms. */
const LENGTH = 115.2;
const NAMES = { kind: "group", line: Buffer.from("a b=1"), sequence: 0, length: LENGTH } as const;

const measured = (attributes: Readonly<Record<string, string>>) => Number(attributes["measured"]) / 1e6;
const wallAt = (moment: number) => Date.now() - performance.now() + moment;

afterEach(() => void vi.restoreAllMocks());

describe("the time of a board's reading", () => {
  it("is when its first byte was sent", () => {
    const now = performance.now();
    const taken = measured(new BoardClock(BAUD, 0).attributesOf({ ...NAMES, clock: 500 }, now));
    expect(Math.abs(taken - (wallAt(now) - 10))).toBeLessThan(2);
  });

  it("is by its age before that for a held one", () => {
    const now = performance.now();
    const attributes = new BoardClock(BAUD, 0).attributesOf({ ...NAMES, age: 90_000 }, now);
    expect(attributes["age"]).toBe("90000");
    expect(attributes["clock"]).toBeUndefined();
    expect(Math.abs(measured(attributes) - (wallAt(now) - 90_010))).toBeLessThan(2);
  });

  it("is by the board's clock, however late it comes, and later than the one before", () => {
    const clock = new BoardClock(BAUD, 0);
    const now = performance.now();
    const late = [0, 0, 30, 0, 80, 80];
    const clocks = [0, 100, 200, 300, 400, 400];
    const taken = clocks.map((each, index) =>
      measured(clock.attributesOf({ ...NAMES, clock: each }, now + each + (late[index] ?? 0))),
    );
    for (const [index, each] of clocks.entries())
      expect(Math.abs((taken[index] ?? 0) - (taken[0] ?? 0) - each)).toBeLessThan(3);
    expect(taken).toEqual([...new Set(taken)].toSorted((one, other) => one - other));
  });

  it("begins anew after a reset, which is told from the clock's wrap", () => {
    const clock = new BoardClock(BAUD, 5_000);
    clock.attributesOf({ ...NAMES, clock: 5_000 }, performance.now());
    expect([4_999, 5_000].map((each) => clock.goesBackTo(each))).toEqual([true, false]);
    clock.begin(2 ** 32 - 1_000);
    expect(clock.goesBackTo(3)).toBe(false);
    clock.begin(2);
    const now = performance.now();
    const taken = measured(clock.attributesOf({ ...NAMES, clock: 20 }, now));
    expect(Math.abs(taken - (wallAt(now) - 10))).toBeLessThan(2);
    expect(clock.goesBackTo(19)).toBe(true);
  });
});

describe("the wall clock", () => {
  it("is finer than its milliseconds, and follows when it is set", () => {
    let [date, moment] = [1_000_000, 0];
    vi.spyOn(Date, "now").mockImplementation(() => Math.floor(date));
    vi.spyOn(performance, "now").mockImplementation(() => moment);
    const wall = new WallClock();
    const pass = (ms: number) => {
      date += ms;
      moment += ms;
      return wall.at(moment);
    };
    for (let turn = 0; turn < 100; turn++) pass(0.37);
    expect(Math.abs(pass(0.37) - date)).toBeLessThan(0.5);
    date += 3_600_000;
    expect(Math.abs(pass(10.4) - date)).toBeLessThan(1);
    // Slewed back by a millisecond.
    date -= 1;
    for (let turn = 0; turn < 300; turn++) pass(0.37);
    expect(Math.abs(pass(0.37) - date)).toBeLessThan(0.5);
  });
});
