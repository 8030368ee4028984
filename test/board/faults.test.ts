import { describe, expect, it } from "vitest";
import { randomFrom } from "../kill/faults.ts";
import { faultsOfFlow, runFlow } from "./flow.ts";
import { faultsOfUnplugs, runUnplugs } from "./unplugs.ts";

const { signal } = new AbortController();

/** The short form of `npm run board-soak`. */
describe("a simulated board and the agent", () => {
  it("lose nothing at the fastest rate that the line carries", async () => {
    const report = await runFlow(8, signal);
    expect(faultsOfFlow({ ...report, offMs: 0, judged: report.readings })).toEqual([]);
    expect(report.readings).toBeGreaterThan(1_000);
    expect(faultsOfFlow({ ...report, offMs: 0, judged: 0 })).toHaveLength(1);
  });

  it("go on wherever in a line the plug is pulled, with no wrong value and none twice", async () => {
    expect(faultsOfUnplugs(await runUnplugs(6, randomFrom(1), signal))).toEqual([]);
  });
});
