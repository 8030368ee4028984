import { describe, expect, it } from "vitest";
import { matchesFilter } from "./channel-filter.ts";

describe("a filter of channels", () => {
  it.each([
    ["bbq/+/temp", "bbq/kettle/temp", true],
    ["bbq/+/temp", "bbq/kettle/lid/temp", false],
    ["bbq/+", "bbq/", true],
    ["bbq/#", "bbq/kettle/temp", true],
    ["bbq/#", "bbq", true],
    ["bbq/#", "bbqs/a", false],
    ["#", "/dev/ttyACM0", true],
    ["stdin", "stdin", true],
    ["bbq", "bbq/kettle", false],
  ])("%s matches %s: %s", (filter, channel, expected) => {
    expect(matchesFilter(filter, channel)).toBe(expected);
  });
});
