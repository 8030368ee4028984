import { describe, expect, it } from "vitest";
import { removeAfterEach } from "../../test/parts/cleanup.ts";
import { numberSink, openNumbers, startOutlet } from "../../test/parts/number-outlet.ts";
import { until } from "../../test/parts/program.ts";
import { WriteError } from "../plugin/index.ts";
import { Pace } from "./pace.ts";
import type { Reject } from "./reject.ts";

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

describe("newest first", () => {
  const { after } = removeAfterEach();
  const numbers = async (...args: Parameters<typeof openNumbers>) => {
    const opened = await openNumbers(...args);
    after(() => opened.close());
    return opened;
  };

  it("delivers what piled up while it was off in slices from the newest to the oldest, each read forward", async () => {
    const log = await numbers();
    await log.append(35);
    const sink = numberSink();
    const { outlet, drain, saved } = startOutlet(log, sink);
    expect(outlet.lag).toBe(35);
    await drain();
    expect(sink.writes).toEqual([range(25, 35), range(15, 25), range(5, 15), range(0, 5)]);
    expect(saved()).toEqual({ offset: 35 });
    expect(outlet.lag).toBe(0);
  });

  it("has live data overtake a backlog, of whatever size", async () => {
    const log = await numbers();
    await log.append(500);
    const sink = numberSink();
    const gate = Promise.withResolvers<void>();
    sink.gate = gate.promise;
    const { outlet, drain } = startOutlet(log, sink);
    await until("the first write", () => outlet.lag === 500 && outlet.peers.length > 0);
    await log.append(3);
    await until("the live batch", () => outlet.peers.length >= 13);
    gate.resolve();
    await drain();
    const place = sink.writes.findIndex((write) => write.includes(500));
    expect(place).toBeLessThanOrEqual(1);
    expect(sink.writes.flat().toSorted((one, other) => one - other)).toEqual(range(0, 503));
  });

  it("leaves one of several places in flight to live data", async () => {
    const log = await numbers();
    await log.append(100);
    const started: number[][] = [];
    const gate = Promise.withResolvers<void>();
    const write = (batch: readonly string[]) => {
      started.push(batch.map((line) => Number(/v=(\d+)/.exec(line)?.[1])));
      return gate.promise;
    };
    const { drain } = startOutlet(log, { write }, { batch: { inFlight: 3 } });
    await until("two writes", () => started.length === 2);
    await log.append(1);
    await until("the live one beside them", () => started.length === 3);
    expect(started[2]).toEqual([100]);
    gate.resolve();
    await drain();
  });

  it("tries the newest first when the sink comes back, and never writes twice what it did not take", async () => {
    const log = await numbers();
    const sink = numberSink();
    const { outlet, drain } = startOutlet(log, sink, { batch: { inFlight: 2 } });
    await log.append(10);
    await until("a first write", () => outlet.lag === 0);
    sink.up = false;
    await log.append(40);
    await until("a refusal", () => sink.refused() > 0);
    await log.append(40);
    sink.recoverOn = 89;
    await until("all of it", () => outlet.lag === 0);
    expect(sink.writes[1]).toEqual(range(80, 90));
    await log.append(10);
    await drain();
    expect(sink.writes.flat().toSorted((one, other) => one - other)).toEqual(range(0, 100));
  });

  it.each(["newest_first", "oldest_first"] as const)(
    "stopped in the middle of a backlog keeps what it has delivered, and %s goes on with the rest alone",
    async (backlog) => {
      const log = await numbers();
      await log.append(100);
      const sink = numberSink();
      let writes = 0;
      const write = (batch: readonly string[]) => {
        writes += 1;
        return writes > 4 ? new Promise<void>(() => undefined) : sink.write(batch);
      };
      const first = startOutlet(log, { write });
      await until("four writes and a stuck one", () => writes === 5);
      await first.stop();
      expect(first.saved()).toEqual({ offset: 0, delivered: [[60, 100]] });
      await log.append(10);
      const second = startOutlet(log, sink, { backlog, saved: first.saved() });
      expect(second.outlet.lag).toBe(70);
      await second.drain();
      const newest = [range(100, 110), range(50, 60)];
      expect(sink.writes.slice(4, 6)).toEqual(backlog === "newest_first" ? newest : [range(0, 10), range(10, 20)]);
      expect(sink.writes.flat().toSorted((one, other) => one - other)).toEqual(range(0, 110));
      expect(second.saved()).toEqual({ offset: 110 });
    },
  );

  it("finds out with older points whether the sink refuses all of the newest, or everything", async () => {
    const log = await numbers();
    await log.append(25);
    const sink = numberSink();
    sink.up = false;
    const rejected: number[] = [];
    const write = async (batch: readonly string[]) => {
      if (sink.up && batch.some((line) => Number(/v=(\d+)/.exec(line)?.[1]) >= 15))
        throw new WriteError("refused", "no");
      await sink.write(batch);
    };
    const reject = async (rejects: readonly Reject[]) => void rejected.push(...rejects.map(({ offset }) => offset));
    const { outlet, drain } = startOutlet(log, { write }, { reject });
    await until("an attempt", () => sink.refused() > 0);
    sink.up = true;
    await until("all", () => outlet.lag === 0);
    expect(rejected.toSorted((one, other) => one - other)).toEqual(range(15, 25));
    expect([...new Set(sink.writes.flat())].toSorted((one, other) => one - other)).toEqual(range(0, 15));
    await drain();
  });

  it("goes on when the journal has dropped the oldest part of its backlog", async () => {
    const log = await numbers({ maxSize: 2 ** 16, segmentSize: 2 ** 12, whenFull: "drop_oldest" });
    const sink = numberSink();
    sink.up = false;
    const { outlet, drain, saved } = startOutlet(log, sink);
    while (log.journal.begin === 0) await log.append(100);
    await log.append(100);
    sink.up = true;
    await drain();
    const { begin, end } = log.journal;
    expect(outlet.lag).toBe(0);
    expect(sink.writes.flat().toSorted((one, other) => one - other)).toEqual(range(begin, end));
    expect(saved()).toEqual({ offset: end });
  });

  it("fits its slices to what a batch holds when readings make few points", async () => {
    const log = await numbers();
    await log.append(5_000);
    const sink = numberSink();
    let blocks = 0;
    const few = startOutlet(log, sink, { wants: () => false, onDecoded: () => (blocks += 1) });
    await few.drain();
    expect(blocks).toBeLessThan(50);
  });

  it("catches up at its rate, and never holds live data up for it", async () => {
    const log = await numbers();
    await log.append(15);
    const sink = numberSink();
    let clock = 0;
    const { outlet, drain } = startOutlet(log, sink, { pace: new Pace(5, () => clock) });
    await until("a first slice", () => sink.writes.length === 1);
    expect(sink.writes[0]).toEqual(range(10, 15));
    for (let round = 0; round < 3; round++) {
      await log.append(20);
      await until("live data", () => outlet.lag === 10);
    }
    expect(sink.writes.flat()).toEqual(range(10, 75));
    clock += 1_000;
    await until("a second slice", () => outlet.lag === 5);
    const drained = drain();
    await until("the rest", () => {
      clock += 1_000;
      return outlet.lag === 0;
    });
    await drained;
    expect(sink.writes.flat().toSorted((one, other) => one - other)).toEqual(range(0, 75));
  });
});

describe("oldest first", () => {
  const { after } = removeAfterEach();

  it("delivers at its rate what is late, and all else at once", async () => {
    let wall = 1_790_000_000_000;
    const log = await openNumbers({}, () => wall);
    after(() => log.close());
    await log.append(30);
    wall += 60_000;
    await log.append(30);
    let clock = 0;
    const sink = numberSink();
    const { outlet, drain } = startOutlet(log, sink, {
      backlog: "oldest_first",
      batch: { maxPoints: 100 },
      now: () => wall,
      pace: new Pace(5, () => clock),
    });
    await until("five points", () => sink.writes.flat().length === 5);
    for (let seconds = 1; seconds <= 4; seconds++) {
      clock += 1_000;
      await until("five more", () => sink.writes.flat().length === 5 + seconds * 5);
    }
    clock += 1_000;
    await until("the rest", () => outlet.lag === 0);
    await log.append(40);
    await until("what is new", () => outlet.lag === 0);
    await drain();
    expect(sink.writes.flat()).toEqual(range(0, 100));
  });
});
