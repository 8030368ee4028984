import { describe, expect, it } from "vitest";
import { until } from "../../test/parts/program.ts";
import { Health, Metrics } from "../observe/index.ts";
import type { Log } from "../plugin/index.ts";
import { InputLosses } from "./input-losses.ts";

describe("what an input leaves out", () => {
  function open(periodMs?: number) {
    const said: string[] = [];
    const write = (level: string) => (fields: object, message: string) =>
      void said.push(`${level} ${message} ${JSON.stringify(fields)}`);
    const log: Log = { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
    const health = new Health();
    const metrics = new Metrics();
    health.set("input board", "ok");
    return { said, health, metrics, losses: new InputLosses("board", { health, metrics, log }, periodMs) };
  }
  const oversized = { channel: "port", payload: Buffer.alloc(70), time: { seconds: 0, nanos: 0 } };

  it("is counted by reason in the metrics and in health, and says nothing of the input's condition", () => {
    const { health, metrics, losses } = open();
    losses.leftOut("dropped_full", 3);
    losses.leftOut("dropped_full", 4);
    losses.leftOut("thinned", 5);
    losses.oversized(oversized);
    const text = metrics.render();
    for (const [reason, count] of Object.entries({ dropped_full: 7, thinned: 5, oversized: 1 }))
      expect(text).toContain(`fieldline_left_out_total{input="board",reason="${reason}"} ${count}\n`);
    expect(health.parts).toMatchObject([
      { part: "input board", condition: "ok", losses: { dropped_full: 7, thinned: 5, oversized: 1 } },
    ]);
    losses.close();
  });

  it("is logged at once, and at the period's end with the period's sum, though nothing more is lost", async () => {
    const { said, losses } = open(50);
    for (const count of [3, 4, 5]) losses.leftOut("dropped_full", count);
    losses.oversized(oversized);
    losses.oversized(oversized);
    expect(said).toHaveLength(2);
    await until("the period's end", () => said.length === 4);
    expect(said).toEqual([
      expect.stringMatching(/^warn the journal was full .*: 3 readings were dropped; .*"count":3/),
      expect.stringMatching(/^warn 1 reading was larger than max_reading.*"count":1,"channel":"port","bytes":70/),
      expect.stringMatching(/: 9 readings were dropped; .*"input":"board","reason":"dropped_full","count":9/),
      expect.stringMatching(/"reason":"oversized","count":1/),
    ]);
  });

  it("is logged when the input ends, also what was asked for", () => {
    const { said, losses } = open();
    for (const count of [1, 20]) {
      losses.leftOut("dropped_full", count);
      losses.leftOut("thinned", count);
    }
    losses.close();
    expect(said).toHaveLength(4);
    expect(said.slice(2)).toEqual([
      expect.stringContaining("20 readings were dropped"),
      expect.stringMatching(/^info 20 readings were left out, as thin says/),
    ]);
  });
});
