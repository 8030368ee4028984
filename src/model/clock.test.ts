import { setImmediate as turn } from "node:timers/promises";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Clock, oncePerTurn } from "./clock.ts";
import { addNanos, compareTimestamps, millisOf, type Timestamp, timestampFromMillis } from "./timestamp.ts";

const START = 1_790_000_000_000;

/** Whether two spans of nanoseconds, each from a time and as long as its bytes, have one in common. */
function overlap(a: { time: Timestamp; bytes: number }, b: { time: Timestamp; bytes: number }): boolean {
  return (
    compareTimestamps(a.time, addNanos(b.time, b.bytes)) < 0 && compareTimestamps(b.time, addNanos(a.time, a.bytes)) < 0
  );
}

describe("the clock", () => {
  it("gives the wall clock's millisecond when that is new", () => {
    let now = START;
    const clock = new Clock(() => now);
    expect(clock.take(100)).toEqual(timestampFromMillis(START));
    now += 1;
    expect(clock.take(100)).toEqual(timestampFromMillis(START + 1));
  });

  it("keeps the readings of one millisecond apart by their bytes", () => {
    const clock = new Clock(() => START);
    const first = clock.take(100);
    expect(clock.take(0)).toEqual(addNanos(first, 100));
    expect(clock.take(5)).toEqual(addNanos(first, 101));
    expect(clock.next).toEqual(addNanos(first, 106));
  });

  it("stands still when the wall clock wobbles back, and follows when it is set back", () => {
    let now = START;
    const clock = new Clock(() => now);
    const first = clock.take(10);
    now -= 500;
    expect(clock.take(10)).toEqual(addNanos(first, 10));
    now -= 60_000;
    const set = clock.take(10);
    expect(millisOf(set)).toBe(now);
    expect(set.nanos % 1_000_000).toBe(62_500);
    expect(clock.steps).toBe(1);
  });

  it("goes on where the journal ended", () => {
    const next = addNanos(timestampFromMillis(START), 7);
    expect(new Clock(() => START, next).take(1)).toEqual(next);
  });

  it("never gives two readings a nanosecond in common, however the wall clock runs", () => {
    const moves = fc.array(fc.record({ by: fc.integer({ min: -900, max: 900 }), bytes: fc.nat(5_000) }), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(moves, (steps) => {
        let now = START;
        const clock = new Clock(() => now);
        const taken = steps.map(({ by, bytes }) => {
          now += by;
          return { time: clock.take(bytes), bytes: Math.max(1, bytes) };
        });
        for (const [index, one] of taken.entries()) {
          for (const other of taken.slice(index + 1)) expect(overlap(one, other)).toBe(false);
        }
      }),
    );
  });
});

it("a clock that is looked at once in a turn is looked at again in the next", async () => {
  let now = START;
  const clock = oncePerTurn(() => (now += 1));
  expect([clock(), clock()]).toEqual([START + 1, START + 1]);
  await turn();
  expect([clock(), clock()]).toEqual([START + 2, START + 2]);
});
