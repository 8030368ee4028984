import { describe, expect, it } from "vitest";
import { removeAfterEach } from "../../test/parts/cleanup.ts";
import { numberSink, openNumbers, startOutlet } from "../../test/parts/number-outlet.ts";
import { until } from "../../test/parts/program.ts";
import { Allowance, type Sent, type Share } from "./allowance.ts";

const DAY = 86_400_000;
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

/** An allowance with a clock of its own, and what it tells. */
function allowanceOf(bytesPerDay: number) {
  const clock = { now: 20_000 * DAY };
  const told: string[] = [];
  const allowance = new Allowance({
    bytesPerDay,
    now: () => clock.now,
    onUsedUp: (share) => told.push(share),
    onRefilled: () => told.push("refilled"),
  });
  return { allowance, clock, told };
}

describe("the bytes of a day", () => {
  it("are used up to the last write that fits, told once, and counted from nothing on the next day", () => {
    const { allowance, clock, told } = allowanceOf(100_000);
    allowance.spend(90_000);
    expect(allowance.allows(5_000)).toBe(true);
    expect([allowance.allows(10_000), allowance.allows(10_000)]).toEqual([false, false]);
    expect([allowance.usedUp, told]).toEqual([true, ["all"]]);
    clock.now += DAY;
    expect([allowance.allows(10_000), allowance.sent.bytes, allowance.usedUp]).toEqual([true, 0, false]);
    expect(told).toEqual(["all", "refilled"]);
  });

  it("leave a quarter to live data", () => {
    const { allowance, told } = allowanceOf(100_000);
    allowance.spend(74_000);
    expect([allowance.allows(5_000, "backlog"), allowance.allows(5_000)]).toEqual([false, true]);
    expect([told, allowance.usedUp]).toEqual([["backlog"], false]);
  });

  it("let through one write a day that is larger than all of them, so that it holds up nothing for ever", () => {
    const { allowance, clock } = allowanceOf(100_000);
    expect(allowance.allows(1_000_000)).toBe(true);
    allowance.spend(1_000_000);
    expect(allowance.allows(1)).toBe(false);
    clock.now += DAY;
    expect(allowance.allows(1_000_000)).toBe(true);
  });

  it("go with what is on its way at once", async () => {
    const { allowance } = allowanceOf(100_000);
    const { signal } = new AbortController();
    const ends = [await allowance.take(60_000, signal)];
    expect(allowance.allows(60_000)).toBe(false);
    allowance.spend(20_000);
    for (const end of ends) end();
    expect(allowance.allows(60_000)).toBe(true);
  });

  it.each([-40 * 365, -1, 1, 40 * 365])("are there again a day later when the clock jumps by %i days", (days) => {
    const { allowance, clock } = allowanceOf(100_000);
    allowance.spend(100_000);
    expect(allowance.allows(1)).toBe(false);
    clock.now += days * DAY;
    expect(allowance.allows(1)).toBe(days > 0);
    clock.now += DAY;
    expect(allowance.allows(1)).toBe(true);
  });

  it("are counted over restarts, and at most a hundredth of them is forgotten by a kill", () => {
    const { allowance } = allowanceOf(100_000);
    let saved: Sent | undefined;
    allowance.onUnsaved(() => {
      saved = allowance.sent;
      allowance.saving();
    });
    for (let write = 1; write <= 500; write++) {
      allowance.spend(190);
      expect(write * 190 - (saved?.bytes ?? 0)).toBeLessThan(1_000);
    }
    const next = allowanceOf(100_000);
    next.allowance.restore(saved);
    expect(next.allowance.sent).toEqual(saved);
    expect(next.allowance.allows(6_000)).toBe(false);
  });
});

describe("an outlet with a limit of bytes a day", () => {
  const { after } = removeAfterEach();
  const opened = async () => {
    const log = await openNumbers();
    after(() => log.close());
    return log;
  };

  /** A backlog of 200 points that count 500 bytes each, into a sink that does not take the first attempt. */
  async function capped(backlog: "oldest_first" | "newest_first", share: Share) {
    const log = await opened();
    await log.append(200);
    const { allowance, clock, told } = allowanceOf(40_000);
    const sink = numberSink();
    let sent = 0;
    const write = async (batch: readonly string[]) => {
      sent += batch.length * 500;
      allowance.spend(batch.length * 500);
      await sink.write(batch);
    };
    sink.up = false;
    const running = startOutlet(log, { write }, { backlog, allowance, batch: { maxPoints: 10 } });
    await until("an attempt", () => sink.refused() > 0);
    sink.up = true;
    await until("the end of the day's bytes", () => told.includes(share));
    const { outlet } = running;
    const finish = async () => {
      const drained = running.drain();
      await until("the days it takes", () => {
        if (told.at(-1) !== "refilled") clock.now += DAY;
        return outlet.lag === 0;
      });
      await drained;
      expect(sink.writes.flat().toSorted((one, other) => one - other)).toEqual(range(0, log.count()));
      expect(running.saved().sent?.day).toBe(Math.floor(clock.now / DAY));
    };
    return { log, sink, outlet, sent: () => sent, finish };
  }

  it("delivers no more than that, attempts that fail included, and the rest on the next days", async () => {
    const { outlet, sent, finish } = await capped("oldest_first", "all");
    expect(sent()).toBe(40_000);
    expect(outlet.lag).toBe(200 - 70);
    await finish();
  });

  it("has no backlog eat the bytes that live data needs", async () => {
    const { log, sink, outlet, sent, finish } = await capped("newest_first", "backlog");
    expect(sent()).toBeLessThanOrEqual(30_000);
    const { lag } = outlet;
    await log.append(5);
    await until("live data", () => sink.writes.flat().includes(204));
    expect(outlet.lag).toBe(lag);
    await finish();
  });

  it.each([
    ["oldest_first", "all"],
    ["newest_first", "all"],
    ["newest_first", "backlog"],
  ] as const)("%s ends at once when it is called off while %s waits for the next day", async (backlog, share) => {
    const log = await opened();
    const { allowance, told } = allowanceOf(40_000);
    allowance.spend(share === "all" ? 40_000 : 30_000);
    await log.append(30);
    const sink = numberSink();
    const running = startOutlet(log, sink, { backlog, allowance, batch: { maxPoints: 10 } });
    await until("no more", () => told.includes(share));
    running.outlet.callOff();
    await running.drain();
    expect([sink.writes, running.saved().offset, running.outlet.lag]).toEqual([[], 0, 30]);
  });

  it("called off lets what is on its way arrive, and what waits beside it goes another time", async () => {
    const log = await opened();
    const { allowance, told } = allowanceOf(40_000);
    allowance.spend(38_500);
    await log.append(20);
    const sink = numberSink();
    const gate = Promise.withResolvers<void>();
    sink.gate = gate.promise;
    const running = startOutlet(log, sink, {
      backlog: "oldest_first",
      allowance,
      batch: { maxPoints: 10, inFlight: 2 },
    });
    await until("the second one to wait", () => told.includes("all"));
    running.outlet.callOff();
    const drained = running.drain();
    gate.resolve();
    await drained;
    expect(sink.writes).toEqual([range(0, 10)]);
    expect(running.saved().offset).toBe(10);
  });

  it("takes what piled up meanwhile for backlog when a new day begins", async () => {
    const log = await opened();
    const { allowance, clock } = allowanceOf(40_000);
    const sink = numberSink();
    const { outlet, drain } = startOutlet(log, sink, { allowance, batch: { maxPoints: 10 } });
    allowance.spend(40_000);
    await log.append(30);
    await until("no more", () => allowance.usedUp);
    await log.append(30);
    clock.now += DAY;
    await until("all", () => outlet.lag === 0);
    expect(sink.writes[0]).toEqual(range(50, 60));
    await drain();
  });

  it("is stopped although it waits for the next day", async () => {
    const log = await opened();
    await log.append(10);
    for (const backlog of ["oldest_first", "newest_first"] as const) {
      const { allowance } = allowanceOf(40_000);
      allowance.spend(40_000);
      const running = startOutlet(log, numberSink(), { backlog, allowance });
      await until("no more", () => allowance.usedUp);
      await running.stop();
      expect(running.saved()).toMatchObject({ offset: 0, sent: { bytes: 40_000 } });
    }
  });
});
