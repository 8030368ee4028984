import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatTimestamp, parseTime, timestampFromMillis } from "./index.ts";

describe("times in text", () => {
  it.each([
    ["1790000000123456789", "ns", "1790000000123456789"],
    ["1790000000123456", "us", "1790000000123456000"],
    ["1790000000123.4567", "ms", "1790000000123456700"],
    ["1790000000.123456789", "s", "1790000000123456789"],
    ["1790000000.1234567899", "s", "1790000000123456789"],
    ["1790000000.", "s", "1790000000000000000"],
    ["1.790000000123E12", "ms", "1790000000123000000"],
    ["-1.5", "s", "-1500000000"],
    ["5.9", "ns", "5"],
    ["2026-09-21T14:13:20Z", "rfc3339", "1790000000000000000"],
    ["2026-09-21t14:13:20.123456789123z", "rfc3339", "1790000000123456789"],
    ["2026-09-21 16:13:20+02:00", "rfc3339", "1790000000000000000"],
    ["2026-09-21T10:43:20-0330", "rfc3339", "1790000000000000000"],
    ["2016-12-31T23:59:60Z", "rfc3339", "1483228800000000000"],
  ] as const)("%j in %s is %s ns", (text, unit, nanos) => {
    const time = parseTime(text, unit);
    expect(time === undefined ? undefined : formatTimestamp(time)).toBe(nanos);
  });

  it.each([
    ["", "s"],
    ["1,5", "s"],
    ["noon", "ms"],
    ["1e30", "ns"],
    ["Infinity", "s"],
    ["99999999999", "s"],
    ["2026-09-21T14:13:20", "rfc3339"],
    ["2026-02-30T00:00:00Z", "rfc3339"],
    ["2026-13-01T00:00:00Z", "rfc3339"],
    ["2026-01-01T24:00:00Z", "rfc3339"],
    ["2026-01-01T00:00:00+24:00", "rfc3339"],
    ["1500-01-01T00:00:00Z", "rfc3339"],
    ["1790000000", "rfc3339"],
  ] as const)("%j is no time in %s", (text, unit) => {
    expect(parseTime(text, unit)).toBeUndefined();
  });

  it("are read from dates as Date does", () => {
    fc.assert(
      fc.property(fc.integer({ min: -9e12, max: 9e12 }), (millis) => {
        expect(parseTime(new Date(millis).toISOString(), "rfc3339")).toEqual(timestampFromMillis(millis));
      }),
    );
  });
});
