import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { removeAfterEach } from "../../test/parts/cleanup.ts";
import { until } from "../../test/parts/program.ts";
import {
  agedChain,
  memoryJournal,
  moment,
  type OutletRun,
  readingAt,
  runOutlet,
  windowStep,
} from "../../test/parts/window-outlet.ts";
import type { Journal } from "../journal/index.ts";
import { type Processor, WriteError } from "../plugin/index.ts";
import { INPUTS_ENDED } from "./log-record.ts";
import { RejectStore } from "./reject-store.ts";
import type { Step } from "./step.ts";

/** What happens in a history: a reading, or a mark, some time after the one before; or the clock is set. */
interface Event {
  readonly kind: "reading" | "tick" | "start" | "end";
  readonly afterMs: number;
  readonly series: string;
  readonly ageMs: number;
}

const event: fc.Arbitrary<Event> = fc.record({
  kind: fc.oneof(
    { weight: 40, arbitrary: fc.constant("reading" as const) },
    { weight: 4, arbitrary: fc.constantFrom("tick" as const, "start" as const) },
    { weight: 1, arbitrary: fc.constant("end" as const) },
  ),
  afterMs: fc.oneof(
    { weight: 20, arbitrary: fc.integer({ min: 0, max: 600 }) },
    { weight: 1, arbitrary: fc.integer({ min: -4_000, max: 20_000 }) },
  ),
  series: fc.constantFrom("a", "b", "c"),
  ageMs: fc.integer({ min: 0, max: 1_500 }),
});

/** Appends a history, durable. */
async function write(journal: Journal, events: readonly Event[]): Promise<void> {
  let ms = 0;
  for (const [index, { kind, afterMs, series, ageMs }] of events.entries()) {
    ms += afterMs;
    const time = { ...moment(ms), nanos: moment(ms).nanos + index };
    if (kind === "reading") {
      const payload = Buffer.from(`${series} ${index} ${ageMs}`);
      void journal.append(index % 5 === 0 ? "other" : "in", [{ channel: "c", payload, time }]);
    } else if (kind === "end") void journal.mark("tick", time, INPUTS_ENDED);
    else void journal.mark(kind, time);
  }
  await journal.sync();
}

/** A journal that answers some questions otherwise. */
function altered(journal: Journal, changes: Partial<Pick<Journal, "read" | "end">>): Journal {
  return new Proxy(journal, {
    get(target, name) {
      if (Object.hasOwn(changes, name)) return Reflect.get(changes, name) as unknown;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });
}

/** The journal, giving blocks of as many entries as it likes. */
function choppy(journal: Journal, random: () => number): Journal {
  return altered(journal, { read: (from, _, signal) => journal.read(from, 1 + Math.floor(random() * 60), signal) });
}

/** The journal as it was when it had so many entries. */
function upTo(journal: Journal, end: number): Journal {
  const read: Journal["read"] = async (from) => {
    const { entries } = await journal.read(from, 1e6);
    return { entries: entries.filter(({ offset }) => offset < end), next: Math.max(from, end), bytes: 0 };
  };
  return altered(journal, { end, read });
}

function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

/** A window that gives the points that it takes, too. */
function beside(step: Step): Step {
  const { processor } = step;
  const process: Processor["process"] = (points, at) => {
    const made = processor.process(points, at);
    return "points" in made ? { ...made, points } : points;
  };
  return {
    ...step,
    processor: {
      process,
      deadline: () => processor.deadline?.(),
      flush: (until) => processor.flush?.(until) ?? [],
      save: () => processor.save?.(),
      restore: (state) => processor.restore?.(state),
    },
  };
}

/** Counts points, and shows in each how many there were. */
function counting(): Processor {
  let seen = 0;
  return {
    process: (points) => points.map((point) => ({ ...point, fields: new Map([...point.fields, ["n", ++seen]]) })),
    save: () => seen,
    restore: (state) => void (seen = Number(state)),
  };
}

const makeChain = () =>
  agedChain(
    [
      beside(windowStep({}, { id: "short", from: ["in"] })),
      { id: "count", fingerprint: "1", processor: counting() },
      beside(windowStep({ field: "mean", every: 3_000, lateness: 1_500 }, { id: "long", from: ["in"] })),
    ],
    ["in", "other"],
  );
const wants = (input: string) => input === "in";
const rejected = (runs: readonly OutletRun[]) =>
  new Set(runs.flatMap(({ rejects }) => rejects.map(({ step, offset, line }) => `${step} ${offset} ${line}`)));

describe("steps that remember", () => {
  const { after } = removeAfterEach();

  async function open(): Promise<Journal> {
    const journal = await memoryJournal();
    after(() => journal.close());
    return journal;
  }

  /** Readings one second apart, each a window of its own with a mean of its number. */
  async function seconds(journal: Journal, from: number, to: number): Promise<void> {
    const arrivals = Array.from({ length: to - from }, (_, n) => readingAt((from + n) * 1_000, `a ${from + n}`));
    await journal.append("in", arrivals);
    await journal.sync();
  }

  const single = () => agedChain([windowStep()]);
  const means = (run: OutletRun) => run.taken.map((line) => Number(/mean=(\S+?),/.exec(line)?.[1]));

  it("give after any kills the same points and rejects, byte for byte, as without", async () => {
    const kill = fc.record({ afterWrites: fc.integer({ min: 0, max: 12 }), seed: fc.integer({ min: 1, max: 1e6 }) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { minLength: 50, maxLength: 200, size: "max" }),
        fc.array(kill, { minLength: 1, maxLength: 8, size: "max" }),
        async (events, kills) => {
          const journal = await memoryJournal();
          try {
            await write(journal, events);
            const whole = runOutlet({ journal, makeChain, wants });
            await whole.drain();
            expect(new Set(whole.taken).size).toBe(whole.taken.length);
            const runs: OutletRun[] = [];
            for (const { afterWrites, seed } of kills) {
              const random = numbers(seed);
              const allowed = Promise.withResolvers<void>();
              let writes = 0;
              const run = runOutlet({
                journal: choppy(journal, random),
                makeChain,
                wants,
                saved: runs.at(-1)?.saved() ?? { offset: 0 },
                saveEveryBytes: 1 + random() * 400,
                batch: {
                  maxPoints: 1 + Math.floor(random() * 4),
                  maxBytes: 1e6,
                  maxWaitMs: 1,
                  inFlight: 1 + Math.floor(random() * 3),
                },
                write: async () => {
                  if (++writes > afterWrites) allowed.resolve();
                },
              });
              runs.push(run);
              await Promise.race([allowed.promise, run.drain()]);
              await run.kill();
              expect(run.failures).toEqual([]);
            }
            const last = runOutlet({ journal, makeChain, wants, saved: runs.at(-1)?.saved() ?? { offset: 0 } });
            runs.push(last);
            await last.drain();
            const taken = new Set(runs.flatMap((run) => run.taken));
            expect([...taken].toSorted()).toEqual(whole.taken.toSorted());
            expect(rejected(runs)).toEqual(rejected([whole]));
          } finally {
            await journal.close();
          }
        },
      ),
      { numRuns: 80 },
    );
  });

  it("give each point once over clean stops", async () => {
    const journal = await open();
    await seconds(journal, 0, 20);
    const whole = runOutlet({ journal, makeChain: single });
    await whole.drain();
    const stops = [3, 3, 7, 12, 19, 20];
    const taken: string[] = [];
    let last: OutletRun | undefined;
    for (const stop of stops) {
      const saved = last?.saved() ?? { offset: 0 };
      const run = runOutlet({ journal: upTo(journal, stop), makeChain: single, saved });
      await run.drain();
      taken.push(...run.taken);
      last = run;
    }
    expect(whole.taken).toHaveLength(18);
    expect(taken).toEqual(whole.taken);
  });

  it("are saved before the first point is delivered, so that a kill cannot take what they read before", async () => {
    const journal = await open();
    await seconds(journal, 0, 10);
    const run = runOutlet({
      journal,
      makeChain: single,
      saved: { offset: 5 },
      write: () => Promise.reject(new WriteError("unavailable", "down")),
    });
    await until("the first save", () => run.saved().state !== undefined);
    await run.kill();
    expect(run.saved()).toMatchObject({ offset: 5, state: { offset: 5 } });
  });

  it.each<[string, (saved: object) => object]>([
    ["a new output", () => ({ offset: 5 })],
    ["another step", () => ({ offset: 5, state: { offset: 5, steps: { "window before": { open: [], closed: [] } } } })],
    [
      "a state it cannot use",
      () => ({ offset: 5, state: { offset: 5, steps: { "window {}": "of another version" } } }),
    ],
    [
      "a state that is not its cursor's",
      () => ({ offset: 5, state: { offset: 6, steps: { "window {}": { open: [], closed: [] } } } }),
    ],
  ])("without a usable state are warmed by their lookback: %s", async (_, saved) => {
    const journal = await open();
    await seconds(journal, 0, 10);
    const run = runOutlet({ journal, makeChain: single, saved: saved({}) as { offset: number } });
    await run.drain();
    // After reading 4 the windows of 3, for its lateness, and of 4 were open.
    expect(means(run)).toEqual([3, 4, 5, 6, 7]);
  });

  it("are warmed by the longest lookback of all, as far as the journal has it, also at its end", async () => {
    const journal = await open();
    await seconds(journal, 0, 10);
    const steps = () => [windowStep({ every: 60_000 }), windowStep({ every: 600_000 }, { id: "rare" })];
    const run = runOutlet({ journal, makeChain: () => agedChain(steps().slice(0, 1)), saved: { offset: 10 } });
    await run.drain();
    const [state] = Object.values(run.saved().state?.steps ?? {});
    expect(state).toMatchObject({ open: [{ count: 10 }] });
    const both = runOutlet({ journal, makeChain: () => agedChain(steps()), saved: run.saved() });
    await both.drain();
    expect(both.saved().state?.steps['window {"every":60000}']).toEqual(state);
  });

  it("keep what is usable when the state of another step is not", async () => {
    const journal = await open();
    await seconds(journal, 0, 10);
    const make = (fingerprint: string) => () =>
      agedChain([
        { id: "count", fingerprint: "1", processor: counting() },
        { id: "other", fingerprint, processor: counting() },
      ]);
    const first = runOutlet({ journal, makeChain: make("1") });
    await first.drain();
    expect(first.saved().state?.steps).toEqual({ "count 1": 10, "other 1": 10 });
    const changed = runOutlet({ journal, makeChain: make("2"), saved: first.saved() });
    await changed.drain();
    expect(changed.saved().state?.steps).toEqual({ "count 1": 10, "other 2": 0 });
  });

  it("keep their state when they are stopped while they still read on from it", async () => {
    const journal = await open();
    await seconds(journal, 0, 10);
    const asked = Promise.withResolvers<void>();
    const read: Journal["read"] = (_from, _bytes, signal) => {
      asked.resolve();
      return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason as Error)));
    };
    const saved = { offset: 8, state: { offset: 4, steps: { "count 1": 4 } } };
    const chain = () => agedChain([{ id: "count", fingerprint: "1", processor: counting() }]);
    const run = runOutlet({ journal: altered(journal, { read }), makeChain: chain, saved });
    await asked.promise;
    await run.abandon();
    expect(run.saved()).toEqual(saved);
    const next = runOutlet({ journal, makeChain: chain, saved: run.saved() });
    await next.drain();
    expect(next.saved().state?.steps).toEqual({ "count 1": 10 });
  });

  it("cannot hold up the cursor when their state is too large to be kept", async () => {
    const journal = await open();
    await seconds(journal, 0, 10);
    const large = { ...counting(), save: () => "x".repeat(17 * 2 ** 20) };
    const chain = () => agedChain([{ id: "large", fingerprint: "1", processor: large }]);
    const run = runOutlet({ journal, makeChain: chain });
    await run.drain();
    expect(run.saved()).toEqual({ offset: 10, state: { offset: 10, steps: {} } });
    expect(run.failures.join()).toMatch(/state: Error: processor large: what it remembers has/);
    expect(run.outlet.needed).toBe(10);
  });

  it("wait for a moment only once they have read all that the journal has", async () => {
    const journal = await open();
    const gate = Promise.withResolvers<void>();
    const run = runOutlet({
      journal,
      makeChain: single,
      batch: { maxPoints: 1, maxBytes: 1e6, maxWaitMs: 1, inFlight: 1 },
      write: () => gate.promise,
    });
    await seconds(journal, 0, 6);
    await until("the deadline", () => run.outlet.deadline !== undefined);
    expect(run.outlet.deadline).toEqual(moment(5_200));
    await seconds(journal, 6, 7);
    expect(run.outlet.deadline).toBeUndefined();
    gate.resolve();
    await run.drain();
    expect(run.outlet.deadline).toEqual(moment(6_200));
  });

  it("have what comes late in the rejects, for good", async () => {
    const folder = await mkdtemp(join(tmpdir(), "fieldline-late-"));
    after(() => rm(folder, { recursive: true }));
    const store = await RejectStore.open(join(folder, "rejects/out.jsonl"));
    const journal = await open();
    await journal.append("in", [readingAt(0, "a 1"), readingAt(5_000, "a 2 4500"), readingAt(6_000, "a 3 5500")]);
    const run = runOutlet({ journal, makeChain: single, reject: (found) => store.add(found) });
    await run.drain();
    const { entries } = await RejectStore.open(join(folder, "rejects/out.jsonl"));
    expect(entries).toMatchObject([{ step: "window", reason: "late", channel: "c", count: 2, ranges: [[1, 2]] }]);
    expect(entries[0]?.line).toMatch(/^in,s=a v=3 /);
  });
});
