import { describe, expect, it } from "vitest";
import { until } from "../../test/parts/program.ts";
import type { Loss } from "../journal/index.ts";
import { Health, Metrics } from "../observe/index.ts";
import type { Log } from "../plugin/index.ts";
import { JournalReports } from "./journal-reports.ts";

describe("what the journal loses", () => {
  function open(periodMs?: number) {
    const said: { level: string; fields: object; message: string }[] = [];
    const write = (level: string) => (fields: object, message: string) => void said.push({ level, fields, message });
    const log: Log = { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
    const health = new Health();
    const metrics = new Metrics();
    return { said, health, metrics, reports: new JournalReports(log, health, metrics, periodMs) };
  }
  const dropped = (inputs: Record<string, number>, count: number): Loss => ({
    reason: "dropped_oldest",
    count,
    inputs,
    fromOffset: 0,
    toOffset: count,
    message: "the journal is full",
  });

  it("is counted by input and by reason, and shown in health", async () => {
    const { health, metrics, reports } = open();
    reports.loss(dropped({ grill: 5, smoker: 2 }, 7));
    reports.loss(dropped({ grill: 1 }, 4));
    const text = metrics.render();
    for (const [input, count] of Object.entries({ grill: 6, smoker: 2, "": 3 }))
      expect(text).toContain(`fieldline_journal_lost_total{input="${input}",reason="dropped_oldest"} ${count}\n`);
    expect(health.parts).toMatchObject([{ part: "journal", condition: "ok", losses: { dropped_oldest: 11 } }]);
    await reports.close();
  });

  it("is logged at once, and then with the sum of each period by input", async () => {
    const { said, reports } = open(50);
    for (const grill of [3, 4, 5]) reports.loss(dropped({ grill, smoker: 1 }, grill + 1));
    expect(said).toMatchObject([{ level: "error", fields: { count: 4, inputs: { grill: 3, smoker: 1 } } }]);
    await until("the period's sum", () => said.length === 2);
    expect(said[1]).toMatchObject({ fields: { reason: "dropped_oldest", count: 11, inputs: { grill: 9, smoker: 2 } } });
    expect(said[1]?.message).toContain("together 11 since this was last said: grill 9, smoker 2");
    await reports.close();
  });

  it("that is damaged is logged with each place, up to a bound, and counted all the same", () => {
    const { said, metrics, reports } = open();
    const damage = { reason: "damaged", count: 1, fromOffset: 7, toOffset: 8, segment: "a.segment" } as const;
    for (let position = 0; position < 30; position++)
      reports.loss({ ...damage, position, message: `damage at ${position}` });
    expect(said.slice(0, 20).map(({ message }) => message)).toEqual(
      Array.from({ length: 20 }, (_, position) => `damage at ${position}`),
    );
    expect(said).toHaveLength(21);
    expect(metrics.render()).toContain('fieldline_journal_lost_total{input="",reason="damaged"} 30\n');
  });

  it("last of all is said when the agent stops", async () => {
    const { said, reports } = open();
    reports.loss(dropped({ grill: 1 }, 1));
    reports.loss(dropped({ grill: 2 }, 2));
    await reports.close();
    expect(said.map(({ fields }) => fields)).toMatchObject([{ count: 1 }, { count: 2 }]);
  });
});
