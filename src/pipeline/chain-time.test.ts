import { describe, expect, it, vi } from "vitest";
import { agedChain, agedSource, moment, readingAt, windowStep } from "../../test/parts/window-outlet.ts";
import { addNanos, encodeLine, type Point, type Timestamp } from "../model/index.ts";
import type { Processor } from "../plugin/index.ts";
import { Chain, type Processed } from "./chain.ts";
import { INPUTS_ENDED, type LogRecord } from "./log-record.ts";
import type { Step } from "./step.ts";

const reading = (offset: number, ms: number, payload: string, input = "in"): LogRecord => ({
  ...readingAt(ms, payload),
  input,
  offset,
});
const mark = (offset: number, ms: number, kind: "tick" | "start" | "clock_step" = "tick"): LogRecord => ({
  kind,
  offset,
  time: moment(ms),
});
const end = (offset: number, ms: number): LogRecord => ({
  ...mark(offset, ms),
  kind: "tick",
  attributes: INPUTS_ENDED,
});

/** Each point as its offset, how many milliseconds after the start it is, and its fields. */
const shown = ({ points }: Processed) =>
  points.map(({ offset, time, fields }) => {
    const ms = (time.seconds - moment(0).seconds) * 1_000 + time.nanos / 1e6;
    return [offset, ms, ...[...fields.values()].map((value) => (typeof value === "object" ? value.value : value))];
  });

/** A step that names deadlines and gives a point for each. */
function timedStep(deadline: () => Timestamp | undefined, flush: Processor["flush"], id = "timed"): Step {
  const processor: Processor = { process: (points) => points, deadline, ...(flush === undefined ? {} : { flush }) };
  return { id, fingerprint: id, processor };
}

describe("a chain's time", () => {
  it("closes a window before the first record at or after its deadline, whose offset its points take", () => {
    const chain = agedChain([windowStep()]);
    const records = [
      reading(0, 100, "a 1"),
      reading(1, 900, "a 3"),
      reading(2, 1_199, "a 5 500"),
      reading(3, 1_200, "a 7"),
    ];
    expect(shown(chain.run(records.slice(0, 3)))).toEqual([]);
    expect(chain.deadline).toEqual(moment(1_200));
    expect(shown(chain.run(records.slice(3)))).toEqual([[3, 0, 3, 3]]);
    expect(chain.deadline).toEqual(moment(2_200));
  });

  it("goes on with readings that the output does not want, and with marks of every kind", () => {
    for (const record of [reading(1, 1_200, "a 1", "other"), mark(1, 1_200), mark(1, 1_200, "start")]) {
      const chain = agedChain([windowStep()], ["in", "other"]);
      const { points, readings } = chain.run([reading(0, 0, "a 1"), record], (input) => input === "in");
      expect(readings).toBe(1);
      expect(points).toMatchObject([{ offset: 1, time: moment(0) }]);
    }
  });

  it("does not depend on who notes the moments: windows of windows are the same after a gap", () => {
    const make = () =>
      agedChain([
        windowStep({ every: 1_000, lateness: 100 }),
        windowStep({ field: "mean", every: 4_000, lateness: 100 + 1_000 }, { id: "second", fingerprint: "second" }),
      ]);
    const readings = [reading(0, 500, "a 1"), reading(1, 1_500, "a 2"), reading(2, 3_500, "a 6")];
    const last = reading(99, 60_000, "a 9");
    const ticks = [1_100, 2_100, 4_100, 5_100].map((ms, index) => mark(10 + index, ms));
    const noted = [...readings, ...ticks, last].toSorted(
      (one, other) => one.time.seconds - other.time.seconds || one.time.nanos - other.time.nanos,
    );
    const values = (records: readonly LogRecord[]) => shown(make().run(records)).map(([, ...rest]) => rest);
    expect(values([...readings, last])).toEqual([[0, 3, 3]]);
    expect(values(noted)).toEqual(values([...readings, last]));
  });

  it("gives the same in one go, record by record, and with a restart anywhere", () => {
    const records = Array.from({ length: 60 }, (_, n) =>
      n % 7 === 6 ? mark(n, n * 130) : reading(n, n * 130, `${n % 3} ${n} ${(n * 97) % 900}`),
    );
    const whole = agedChain([windowStep()]).run(records);
    expect(whole.points.length).toBeGreaterThan(10);
    let chain = agedChain([windowStep()]);
    const parts = records.map((record) => {
      const { steps } = chain.save();
      chain = agedChain([windowStep()]);
      chain.restore(steps);
      return chain.run([record]);
    });
    expect(parts.flatMap(({ points }) => points)).toEqual(whole.points);
    expect(parts.flatMap(({ rejects }) => rejects)).toEqual(whole.rejects);
  });

  it("rejects a point for a closed window as late, with its own offset and the point", () => {
    const chain = agedChain([windowStep()]);
    const { rejects, points } = chain.run([
      reading(0, 500, "a 1"),
      reading(1, 1_200, "a 2"),
      reading(2, 1_300, "a 3 600"),
      reading(3, 2_300, "b 4 1500"),
    ]);
    expect(rejects).toMatchObject([
      {
        step: "window",
        input: "in",
        channel: "c",
        offset: 2,
        reason: "late",
        line: expect.stringMatching(/^in,s=a v=3 /),
      },
      { offset: 3, reason: "late" },
    ]);
    expect(points).toHaveLength(2);
  });

  it("has windows wait when the clock was set back, and close when it was set forward", () => {
    const chain = agedChain([windowStep()]);
    expect(
      shown(chain.run([reading(0, 50_000, "a 1"), mark(1, 10_000, "clock_step"), reading(2, 10_500, "a 2")])),
    ).toEqual([]);
    expect(shown(chain.run([reading(3, 11_200, "a 3")]))).toEqual([[3, 10_000, 2, 1]]);
    expect(shown(chain.run([reading(4, 4e12, "a 4")]))).toEqual([
      [4, 11_000, 3, 1],
      [4, 50_000, 1, 1],
    ]);
    expect(shown(chain.run([mark(5, 20_000, "clock_step"), reading(6, 20_100, "a 5"), mark(7, 21_200)]))).toEqual([
      [7, 20_000, 5, 1],
    ]);
  });

  it("closes all windows, also those of later steps, when every input has ended", () => {
    const second = windowStep({ field: "mean", every: 60_000 }, { id: "second", fingerprint: "second" });
    const chain = agedChain([windowStep(), second]);
    expect(shown(chain.run([reading(0, 100, "a 1"), reading(1, 200, "a 3"), end(2, 300)]))).toEqual([
      [2, -20_000, 2, 1],
    ]);
    expect(chain.deadline).toBeUndefined();
    expect(chain.run([reading(3, 400, "a 5")]).rejects).toMatchObject([{ reason: "late" }]);
  });

  it("has later steps take a window's points when they take every input that may be in them", () => {
    const ran: string[] = [];
    const noting = (id: string, from?: readonly string[]): Step => ({
      id,
      fingerprint: id,
      from,
      processor: { process: (points) => (ran.push(id), points) },
    });
    const steps = [windowStep({}, { from: ["in"] }), noting("same", ["in"]), noting("other", ["other"]), noting("all")];
    agedChain(steps, ["in", "other"]).run([reading(0, 0, "a 1"), mark(1, 5_000)]);
    expect(ran).toEqual(["same", "all"]);
    ran.length = 0;
    agedChain([windowStep(), ...steps.slice(1)], ["in", "other"]).run([reading(0, 0, "a 1"), mark(1, 5_000)]);
    expect(ran).toEqual(["all"]);
  });

  it("asks a step that names a moment of the past once a record, and has nobody wait for it", () => {
    const flush = vi.fn<NonNullable<Processor["flush"]>>(() => []);
    const chain = agedChain([timedStep(() => moment(-1_000), flush)]);
    expect(chain.deadline).toEqual(moment(-1_000));
    chain.run([mark(0, 0), mark(1, 1)]);
    expect(flush).toHaveBeenCalledTimes(2);
    expect(chain.deadline).toBeUndefined();
  });

  it("goes through a thousand moments for a record, and then to the record's own", () => {
    let next = moment(0);
    const asked: Timestamp[] = [];
    const flush = (until: Timestamp) => {
      asked.push(until);
      next = addNanos(until, 1_000_000);
      return [];
    };
    agedChain([timedStep(() => next, flush)]).run([mark(0, 3_600_000)]);
    expect(asked).toHaveLength(1_001);
    expect(asked.slice(-2)).toEqual([moment(999), moment(3_600_000)]);
  });

  it("contains a step that throws when it is due, or when it is asked for its deadline", () => {
    const boom = () => {
      throw new Error("boom");
    };
    const chain = agedChain([timedStep(() => moment(0), boom, "one"), timedStep(boom, undefined, "two"), windowStep()]);
    const { rejects, points } = chain.run([reading(0, 100, "a 1"), mark(1, 5_000)]);
    expect(rejects).toMatchObject([
      { step: "one", offset: 0, input: "in", reason: "the processor failed: boom" },
      { step: "one", offset: 1, input: "", channel: "" },
    ]);
    expect(points).toHaveLength(1);
  });

  it("rejects what a step refuses when it is due, at the record whose time it was", () => {
    const given: Point = { measurement: "m", tags: new Map(), fields: new Map([["v", 1]]), time: moment(0), offset: 7 };
    let due: Timestamp | undefined = moment(0);
    const flush = () => {
      due = undefined;
      return { points: [given], rejected: [{ point: given, reason: "too few" }] };
    };
    const { points, rejects } = agedChain([timedStep(() => due, flush)]).run([mark(3, 0)]);
    expect(points.map((point) => `${point.offset} ${encodeLine(point)}`)).toEqual([expect.stringMatching(/^3 m v=1 /)]);
    expect(rejects).toMatchObject([{ step: "timed", offset: 3, reason: "too few" }]);
  });
});

describe("a chain", () => {
  const readings = Array.from({ length: 100 }, (_, n) => reading(n, n, `a ${n}`));

  it("without steps that remember has them take the points of a block together", () => {
    const process = vi.fn<Processor["process"]>((points) => points);
    agedChain([{ id: "plain", fingerprint: "1", processor: { process } }]).run([mark(1_000, 0), ...readings]);
    expect(process).toHaveBeenCalledTimes(1);
    expect(process).toHaveBeenCalledWith(expect.objectContaining({ length: 100 }));
  });

  it("counts no point twice when a step that remembers throws over another one", () => {
    let sum = 0;
    const process: Processor["process"] = (points) =>
      points.map((point) => {
        const value = Number(point.fields.get("v"));
        if (value === 50) throw new Error("not fifty");
        sum += value;
        return { ...point, fields: new Map([["sum", sum]]) };
      });
    const processor: Processor = { process, save: () => sum, restore: (state) => (sum = Number(state)) };
    const { points, rejects } = agedChain([{ id: "sum", fingerprint: "1", processor }]).run(readings);
    expect(points.at(-1)?.fields.get("sum")).toBe((99 * 100) / 2 - 50);
    expect(rejects).toMatchObject([{ offset: 50, reason: "the processor failed: not fifty" }]);
  });

  it("names the steps whose state is too large, or no JSON, and saves the others", () => {
    const remembering = (id: string, save: () => unknown): Step => ({
      id,
      fingerprint: "1",
      processor: { process: (points) => points, save, restore: () => undefined },
    });
    const chain = agedChain([
      remembering("fine", () => ({ a: 1 })),
      remembering("large", () => "x".repeat(17 * 2 ** 20)),
      remembering("odd", () => undefined),
      remembering("broken", () => {
        throw new Error("boom");
      }),
    ]);
    const { steps, problems } = chain.save();
    expect(steps).toEqual({ "fine 1": { a: 1 } });
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^processor large: what it remembers has 17825794 bytes, more than 16777216: .*fewer series/,
      ),
      expect.stringMatching(/^processor odd: .*no JSON/),
      "processor broken: boom",
    ]);
    expect(chain.restore(steps)).toEqual(new Set(["large 1", "odd 1", "broken 1"]));
  });

  it("saves a copy of what its steps remember, also of decoders", () => {
    const seen: string[] = [];
    const decoder = {
      decode: () => ({ points: [{ tags: new Map<string, string>(), fields: new Map([["n", seen.push("x")]]) }] }),
      save: () => seen,
      restore: (state: unknown) => void seen.splice(0, seen.length, ...(state as string[])),
    };
    const chain = new Chain({ sources: new Map([["in", { ...agedSource, decoder }]]), steps: [] });
    chain.run(readings.slice(0, 2));
    const { steps } = chain.save();
    chain.run(readings);
    expect(steps).toEqual({ "decode in 1": ["x", "x"] });
    chain.restore(steps);
    expect(chain.run(readings.slice(2, 3)).points[0]?.fields.get("n")).toBe(3);
  });
});
