import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addNanos,
  compareTimestamps,
  formatTimestamp,
  millisOf,
  parseTimestamp,
  type Timestamp,
  timestampFromMillis,
  timestampOf,
} from "./timestamp.ts";

const UNITS = { ns: 1n, us: 1_000n, ms: 1_000_000n, s: 1_000_000_000n } as const;
const timestamp = fc.record({
  seconds: fc.integer({ min: -9_223_372_035, max: 9_223_372_035 }),
  nanos: fc.integer({ min: 0, max: 999_999_999 }),
});
const precision = fc.constantFrom(...(Object.keys(UNITS) as (keyof typeof UNITS)[]));

function nanosOf({ seconds, nanos }: Timestamp): bigint {
  return BigInt(seconds) * UNITS.s + BigInt(nanos);
}

function floorDivide(dividend: bigint, divisor: bigint): bigint {
  return dividend / divisor - (dividend % divisor < 0n ? 1n : 0n);
}

describe("timestamps", () => {
  it("are written as BigInt would write them, rounded down, before 1970 too", () => {
    fc.assert(
      fc.property(timestamp, precision, (time, unit) => {
        expect(formatTimestamp(time, unit)).toBe(String(floorDivide(nanosOf(time), UNITS[unit])));
      }),
    );
  });

  it("are read exactly", () => {
    fc.assert(
      fc.property(timestamp, precision, (time, unit) => {
        const units = floorDivide(nanosOf(time), UNITS[unit]);
        const read = parseTimestamp(String(units), unit) as Timestamp;
        expect(nanosOf(read)).toBe(units * UNITS[unit]);
        expect(read.nanos).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it.each([
    "",
    "-",
    "+",
    "1.5",
    "1e3",
    " 1",
    "0x1",
    "１",
    "9223372036000000000",
    "-9223372036000000001",
    "1".repeat(20),
  ])("are not read from %j", (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });

  it("are read with a sign, and zero is never negative", () => {
    expect(parseTimestamp("+5", "s")).toEqual({ seconds: 5, nanos: 0 });
    expect(parseTimestamp("-0")).toStrictEqual({ seconds: 0, nanos: 0 });
    expect(parseTimestamp("-1", "ms")).toEqual({ seconds: -1, nanos: 999_000_000 });
    expect(timestampOf(-0, "ms")).toStrictEqual({ seconds: 0, nanos: 0 });
  });

  it("add and compare as whole nanoseconds", () => {
    const nanos = fc.integer({ min: -(10 ** 15), max: 10 ** 15 });
    fc.assert(
      fc.property(timestamp, nanos, (time, added) => {
        const later = addNanos(time, added);
        expect(nanosOf(later)).toBe(nanosOf(time) + BigInt(added));
        expect(Math.sign(compareTimestamps(later, time))).toBe(Math.sign(added));
      }),
    );
  });

  it("come from milliseconds and go back to them", () => {
    fc.assert(
      fc.property(fc.integer({ min: -(10 ** 13), max: 10 ** 13 }), (millis) => {
        expect(millisOf(timestampFromMillis(millis))).toBe(millis);
      }),
    );
    expect(timestampFromMillis(1.5)).toEqual({ seconds: 0, nanos: 1_500_000 });
    expect(timestampFromMillis(-0.000001)).toEqual({ seconds: -1, nanos: 999_999_999 });
  });
});
