import { describe, expect, it } from "vitest";
import { covers, overlapOf } from "./topic-overlap.ts";

describe("the overlap of two topic filters", () => {
  it.each([
    ["a/b", "a/b", "a/b"],
    ["a/+", "+/b", "a/b"],
    ["a/#", "a", "a"],
    ["a/#", "a/+/c", "a/+/c"],
    ["#", "a/b/#", "a/b/#"],
    ["sensor-+/x", "+/x", "sensor-+/x"],
    ["sensor-+", "sensor-7", "sensor-7"],
    ["$SYS/#", "$SYS/broker", "$SYS/broker"],
  ])("of %s and %s is %s, whichever comes first", (a, b, both) => {
    expect([overlapOf(a, b), overlapOf(b, a)]).toEqual([both, both]);
  });

  it.each([
    ["a/b", "a/c"],
    ["a/+", "a"],
    ["a/+", "a/b/c"],
    ["#", "$SYS/broker"],
    ["+/x", "$SYS/x"],
    ["sensor-+", "pump-+"],
    ["+-in", "+-out"],
    ["a", "a/b/#"],
  ])("of %s and %s is none", (a, b) => {
    expect([overlapOf(a, b), overlapOf(b, a)]).toEqual([undefined, undefined]);
  });
});

describe("a filter", () => {
  it("covers what it matches all of", () => {
    expect([covers("a/#", "a/b"), covers("a/+", "a/b"), covers("a/b", "a/+"), covers("#", "a/#")]).toEqual([
      true,
      true,
      false,
      true,
    ]);
  });
});
