import { afterEach, describe, expect, it } from "vitest";
import { until } from "../../test/parts/program.ts";
import {
  agedChain,
  memoryJournal,
  readingAt,
  runOutlet,
  START_MS,
  windowStep,
} from "../../test/parts/window-outlet.ts";
import type { Journal } from "../journal/index.ts";
import { type Timestamp, timestampFromMillis } from "../model/index.ts";
import { keepTime, noteEnd } from "./ticks.ts";

const LOOK_EVERY_MS = 5;

describe("ticks", () => {
  const stop: (() => unknown)[] = [];
  afterEach(async () => {
    for (const last of stop.splice(0).toReversed()) await last();
  });

  const clock = { take: () => timestampFromMillis(START_MS) };

  /** A ticker that notes what it does; `outlets` say what they wait for. */
  function ticking(outlets: readonly { readonly deadline: Timestamp | undefined }[], pendingReadings = () => 0) {
    const abort = new AbortController();
    let [looks, marks] = [0, 0];
    const journal = {
      get stats() {
        return { pendingReadings: pendingReadings() } as Journal["stats"];
      },
      mark: () => {
        marks += 1;
        return Promise.reject(new Error("the disk fails"));
      },
    };
    const outputs = () => {
      looks += 1;
      return outlets.map((outlet) => ({ outlet }));
    };
    const done = keepTime({ journal, clock, outputs, now: () => START_MS }, abort.signal, LOOK_EVERY_MS);
    stop.push(() => {
      abort.abort();
      return done;
    });
    return { looks: () => looks, marks: () => marks, abort, done };
  }

  const past = timestampFromMillis(1);
  const future = timestampFromMillis(4e12);

  it("come once each look for all outputs that wait, also while the disk fails", async () => {
    const { looks, marks } = ticking([{ deadline: past }, { deadline: past }, { deadline: undefined }]);
    await until("some looks", () => looks() > 3);
    expect(marks()).toBe(looks());
  });

  it("come neither before the time nor while something is on its way to the disk", async () => {
    const early = ticking([{ deadline: future }, { deadline: undefined }]);
    const pending = ticking([{ deadline: past }], () => 1);
    await until("some looks", () => early.looks() > 3 && pending.looks() > 3);
    expect([early.marks(), pending.marks()]).toEqual([0, 0]);
  });

  it("end at once with the agent", async () => {
    const abort = new AbortController();
    const journal = { stats: {} as Journal["stats"], mark: async () => undefined };
    const done = keepTime({ journal, clock, outputs: () => [] }, abort.signal, 1e9);
    abort.abort();
    await expect(done).resolves.toBeUndefined();
  });

  it("close the windows of an outlet, one for all that are due, and then come no more", async () => {
    const journal = await memoryJournal();
    stop.push(() => journal.close());
    const makeChain = () => agedChain([windowStep()]);
    const runs = [runOutlet({ journal, makeChain }), runOutlet({ journal, makeChain })];
    await journal.append("in", [readingAt(0, "a 1"), readingAt(10, "b 1")]);
    await journal.sync();
    const abort = new AbortController();
    const outputs = () => runs;
    const now = () => START_MS + 60_000;
    const clockThen = { take: () => timestampFromMillis(now()) };
    const done = keepTime({ journal, clock: clockThen, outputs, now }, abort.signal, LOOK_EVERY_MS);
    await until("the windows", () => runs.every(({ taken }) => taken.length === 2));
    abort.abort();
    await done;
    for (const { drain, taken } of runs) {
      await drain();
      expect(taken.map((line) => line.split(" ")[0])).toEqual(["2", "2"]);
    }
    expect(journal.end).toBe(3);
  });

  it("say that all inputs have ended", async () => {
    const journal = await memoryJournal();
    stop.push(() => journal.close());
    await noteEnd(journal, clock);
    const { entries } = await journal.read(0, 1_000);
    expect(entries).toMatchObject([{ kind: "tick", attributes: { inputs: "ended" } }]);
  });
});
