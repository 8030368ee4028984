import { describe, expect, it } from "vitest";
import { EVENTS, FAILURES, planRounds } from "../kill/faults.ts";
import { faultsOf, type KillReport, runKills } from "../kill/run-kills.ts";

const ROUNDS = 4;

describe("the kill test", () => {
  it("in short: no message that the broker accepted is lost, whatever is killed", async () => {
    const log: string[] = [];
    const options = { rounds: ROUNDS, rate: 300, seed: 7, signal: AbortSignal.timeout(100_000) };
    const report = await runKills({ ...options, say: (line) => void log.push(line) });
    expect(faultsOf(report, ROUNDS), `${log.join("\n")}\n${JSON.stringify(report)}`).toEqual([]);
    expect(report.rejected.influx).toBeGreaterThan(0);
  }, 110_000);

  it("in short, with power cuts: nor when what was not synced is gone", async () => {
    const log: string[] = [];
    const options = { rounds: 2, rate: 300, seed: 7, powerLoss: true, signal: AbortSignal.timeout(100_000) };
    const report = await runKills({ ...options, say: (line) => void log.push(line) });
    expect(faultsOf(report, 2), `${log.join("\n")}\n${JSON.stringify(report)}`).toEqual([]);
  }, 110_000);

  it("does the same for the same seed, and each fault once before any comes twice", () => {
    const rounds = planRounds(7, Object.keys(FAILURES).length);
    expect(planRounds(7, rounds.length)).toEqual(rounds);
    expect(planRounds(8, rounds.length)).not.toEqual(rounds);
    expect(new Set(rounds.map(({ failure }) => failure))).toEqual(new Set(Object.keys(FAILURES)));
    expect(new Set(rounds.slice(0, EVENTS.length).map(({ event }) => event))).toEqual(new Set(EVENTS));
  });

  const good: KillReport = {
    accepted: 100,
    missing: { influx: [], sink: [] },
    rejected: { influx: 1, sink: 2 },
    droppedByBroker: 0,
    kills: { agent: 4, influxd: 1 },
    brokerRestarts: 1,
    reloads: 1,
    redeliveries: 20,
    repeats: 3,
    duplicates: { influx: 3, sink: 30 },
    exitStatus: 0,
  };

  it("finds nothing wrong with a good report", () => {
    expect(faultsOf(good, ROUNDS)).toEqual([]);
  });

  it.each<[string, Partial<KillReport>]>([
    ["influxd lacks 2: 7, 9", { missing: { influx: [7, 9], sink: [] } }],
    ["the sink lacks 1: 8", { missing: { influx: [], sink: [8] } }],
    ["the broker dropped 1", { droppedByBroker: 1 }],
    ["influxd has 4 doubled points", { duplicates: { influx: 4, sink: 0 } }],
    ["exit status after SIGTERM is 2", { exitStatus: 2 }],
    ["only 3 kills", { kills: { agent: 3, influxd: 1 } }],
    ["only 1 redeliveries", { redeliveries: 1 }],
  ])("says that %s", (sentence, fault) => {
    expect(faultsOf({ ...good, ...fault }, ROUNDS)).toEqual([expect.stringContaining(sentence)]);
  });
});
