import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { until } from "../../test/parts/program.ts";
import { Tally } from "./tally.ts";

describe("tally", () => {
  it("says the first at once, and what came in the period at its end, though nothing more comes", async () => {
    const said: [number, string][] = [];
    const tally = new Tally<string>((...each) => said.push(each), 200);
    tally.add(2, "a");
    tally.add(3, "b");
    tally.add(4, "c");
    expect(said).toEqual([[2, "a"]]);
    await until("the period's end", () => said.length > 1);
    expect(said).toEqual([
      [2, "a"],
      [7, "c"],
    ]);
  });

  it("says nothing of a quiet period, and the next one at once again", async () => {
    const said: number[] = [];
    const tally = new Tally((count) => said.push(count), 10);
    tally.add(1);
    await sleep(50);
    expect(said).toEqual([1]);
    tally.add(5);
    expect(said).toEqual([1, 5]);
    tally.close();
  });

  it("says at the end what it has not said yet", () => {
    const said: number[] = [];
    const tally = new Tally((count) => said.push(count));
    for (const count of [1, 2, 3]) tally.add(count);
    tally.close();
    tally.close();
    expect(said).toEqual([1, 5]);
  });
});
