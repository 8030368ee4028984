import { describe, expect, it } from "vitest";
import type { Result, Target } from "../../bench/harness/benchmark.ts";
import { interleaveAll } from "../../bench/harness/interleave.ts";
import { type Best, better, lossOf } from "../../bench/harness/guard-figures.ts";
import { resultsPage } from "../../bench/harness/results-page.ts";
import type { Saved } from "../../bench/harness/saved.ts";
import { ratioOf, spreadOf } from "../../bench/harness/spread.ts";
import { tableOf } from "../../bench/harness/table.ts";
import { verdictOf } from "../../bench/harness/verdict.ts";

const same = (value: number) => ({ min: value, median: value, max: value });

function result(ratio: number | undefined, target?: Target): Result {
  const floor = ratio === undefined ? undefined : { what: "floor", value: same(10) };
  const beside = ratio === undefined ? {} : { ratio: same(ratio) };
  return { what: "CPU", unit: "us", ours: same(10 * (ratio ?? 3)), floor, ...beside, target };
}

describe("the harness", () => {
  it("takes the middle of what was measured, and ratios pair by pair", () => {
    expect(spreadOf([3, 1, 2])).toEqual({ min: 1, median: 2, max: 3 });
    expect(spreadOf([4, 1, 2, 3]).median).toBe(2.5);
    expect(ratioOf([2, 9], [1, 3])).toEqual({ min: 2, median: 2.5, max: 3 });
    expect(() => spreadOf([])).toThrow("nothing was measured");
  });

  it("interleaves, turns the order round, and leaves the first round out", async () => {
    const order: string[] = [];
    const note = (name: string) => async () => order.push(name);
    const { signal } = new AbortController();
    const measured = await interleaveAll({ rounds: 2, signal }, { a: note("a"), b: note("b") });
    expect(order.join("")).toBe("abbaab");
    expect(measured).toEqual({ a: [4, 5], b: [3, 6] });
  });

  it.each([
    [0.7, { atMost: 0.8 }, "met"],
    [0.9, { atMost: 0.8, stretch: 0.5 }, "MISSED"],
    [2, { atLeast: 2 }, "met"],
    [1.9, { atLeast: 2 }, "MISSED"],
    [5, undefined, "stated"],
    [undefined, { atMost: 30 }, "met"],
    [undefined, { atMost: 29 }, "MISSED"],
  ])("says of %s with the target %j: %s", (ratio, target, verdict) => {
    expect(verdictOf(result(ratio, target))).toBe(verdict);
  });

  it("puts ours, floor, ratio, target and verdict beside each other", () => {
    const row = { benchmark: "one", ...result(0.5, { atMost: 0.8, stretch: 0.4 }) };
    expect(tableOf([row]).split("\n").at(-1)).toMatch(
      /^\| one +\| CPU +\| 5 us +\| 10 us \(floor\) +\| 0.5 - 0.5 - 0.5 +\| at most 0.8 x, stretch 0.4 x +\| met +\|$/,
    );
  });
});

describe("the page of results", () => {
  const saved = (node: string, ...results: Result[]): Saved => ({
    name: "one",
    summary: "",
    limit: "A disk.",
    results,
    short: false,
    rounds: 5,
    machine: { cpu: "Z80", cores: 1, memoryGiB: 1, kernel: "L", syncMs: 1, node, versions: {}, date: "2026-01-02" },
  });

  it("has a section for each version of Node.js, and replaces that of the version that ran", () => {
    const first = resultsPage("", [saved("22.1.0", result(7))]);
    const both = resultsPage(first, [saved("24.2.0", result(8))]);
    const again = resultsPage(both, [saved("22.9.0", result(9))]);
    expect(again.match(/^## .*$/gm)).toEqual(["## Node.js 24", "## Node.js 22"]);
    expect(again).toContain("Node.js 22.9.0");
    expect(again).not.toContain("Node.js 22.1.0");
    expect(again).toContain("80 us");
    expect(resultsPage(again, [saved("22.9.0", result(9))])).toBe(again);
  });

  it("has what misses its target first, with what its limit is", () => {
    const page = resultsPage("", [saved("24.0.0", result(0.5, { atMost: 1 }), result(2, { atMost: 1 }))]);
    const [missed = "", all = ""] = page.split("### All results");
    expect(missed).toContain("20 us");
    expect(missed).toContain("**one**: A disk.");
    expect(missed).not.toContain(" 5 us");
    expect(all).toContain(" 5 us");
  });
});

describe("the guard", () => {
  const cost: Best = { benchmark: "one", what: "CPU", moreIsBetter: false, ours: 12, floor: 10 };
  const rate: Best = { ...cost, moreIsBetter: true };

  it("calls it a loss when a cost rises or a rate falls beside its floor", () => {
    expect(lossOf(cost, 1)).toBeCloseTo(0.2);
    expect(lossOf(cost, 1.2)).toBeCloseTo(0);
    expect(lossOf(rate, 1.5)).toBeCloseTo(0.25);
    expect(lossOf(rate, 1)).toBeLessThan(0);
  });

  it("takes the best of ours and the best of the floor", () => {
    expect(better(cost, { ...cost, ours: 13, floor: 9 })).toMatchObject({ ours: 12, floor: 9 });
    expect(better(rate, { ...rate, ours: 13, floor: 9 })).toMatchObject({ ours: 13, floor: 10 });
  });
});
