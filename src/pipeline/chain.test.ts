import { describe, expect, it } from "vitest";
import { MEASURED, type Point, type Reading, timestampFromMillis } from "../model/index.ts";
import type { Decoder, Origin, Processor } from "../plugin/index.ts";
import { Chain } from "./chain.ts";
import { cutOversized } from "./oversized.ts";
import type { Source } from "./source.ts";
import type { Step } from "./step.ts";
import { tagsOf } from "./tag-layer.ts";

const NOW = timestampFromMillis(1_790_000_000_000);

function reading(input: string, payload: string, offset: number, channel = "c"): Reading {
  return { input, channel, payload: Buffer.from(payload), time: NOW, offset };
}

/** Each word of the payload is a point's value; `bad` is a rejection, `boom` a throw. */
const words: Decoder = {
  decode({ payload }) {
    const all = Buffer.from(payload).toString().split(" ");
    if (all.includes("boom")) throw new Error("boom");
    const points = all
      .filter((word) => word !== "bad")
      .map((word) => ({ tags: new Map(), fields: new Map([["v", Number(word)]]) }));
    return { points, rejected: all.includes("bad") ? [{ reason: "bad word" }] : [] };
  },
};

function source(decoder = words, origin: Origin = { tags: new Map() }, tags = tagsOf(new Map(), new Map())): Source {
  return { decoder, origin: () => origin, tags, fingerprint: "1" };
}

function step(id: string, process: Processor["process"], from?: readonly string[]): Step {
  return { id, processor: { process }, from, fingerprint: id };
}

const values = (points: readonly Point[]) => points.map(({ fields }) => fields.get("v"));

describe("chain", () => {
  it("gives points without a time of their own the receive time and the nanoseconds after it", () => {
    const chain = new Chain({ sources: new Map([["a", source()]]), steps: [] });
    const { points } = chain.run([reading("a", "1 2 3", 5)]);
    expect(points.map(({ time, offset, measurement }) => [time.nanos, offset, measurement])).toEqual([
      [0, 5, "a"],
      [1, 5, "a"],
      [2, 5, "a"],
    ]);
  });

  it("gives them the time when the reading was taken, where its input could tell that", () => {
    const chain = new Chain({ sources: new Map([["a", source()]]), steps: [] });
    const held = { ...reading("a", "1 2", 5), attributes: { [MEASURED]: "1789999999000000123" } };
    const unreadable = { ...reading("a", "3", 6), attributes: { [MEASURED]: "soon", sequence: "7" } };
    expect(chain.run([held, unreadable]).points.map(({ time }) => time)).toEqual([
      { seconds: 1_789_999_999, nanos: 123 },
      { seconds: 1_789_999_999, nanos: 124 },
      NOW,
    ]);
  });

  it("lets a payload's tag beat the topic's, that the input's, that the agent's", () => {
    const tagged: Decoder = {
      decode: () => ({ points: [{ tags: new Map([["d", "payload"]]), fields: new Map([["v", 1]]) }] }),
    };
    const agent = new Map(["a", "b", "c", "d"].map((key) => [key, "agent"]));
    const input = new Map(["b", "c", "d"].map((key) => [key, "input"]));
    const topic = new Map(["c", "d"].map((key) => [key, "topic"]));
    const chain = new Chain({
      sources: new Map([["i", source(tagged, { tags: topic }, tagsOf(agent, input))]]),
      steps: [],
    });
    const [point] = chain.run([reading("i", "", 0)]).points;
    expect(Object.fromEntries(point?.tags ?? [])).toEqual({ a: "agent", b: "input", c: "topic", d: "payload" });
  });

  it("keeps the order of readings of several inputs and narrows steps by from", () => {
    const double = step(
      "double",
      (points) => points.map((point) => ({ ...point, fields: new Map([["v", Number(point.fields.get("v")) * 2]]) })),
      ["b"],
    );
    const chain = new Chain({
      sources: new Map([
        ["a", source()],
        ["b", source()],
      ]),
      steps: [double],
    });
    const { points } = chain.run([
      reading("a", "1", 0),
      reading("b", "2", 1),
      reading("b", "3", 2),
      reading("a", "4", 3),
    ]);
    expect(values(points)).toEqual([1, 4, 6, 4]);
  });

  it("rejects a bad part of a reading and keeps the good ones, naming channel and offset", () => {
    const chain = new Chain({ sources: new Map([["a", source()]]), steps: [] });
    const { points, rejects } = chain.run([reading("a", "1 bad 2", 9, "some/topic")]);
    expect(values(points)).toEqual([1, 2]);
    expect(rejects).toEqual([{ step: "decode", input: "a", channel: "some/topic", offset: 9, reason: "bad word" }]);
  });

  it("contains a decoder that throws", () => {
    const chain = new Chain({ sources: new Map([["a", source()]]), steps: [] });
    const { points, rejects } = chain.run([reading("a", "boom", 1), reading("a", "2", 2)]);
    expect(values(points)).toEqual([2]);
    expect(rejects.map(({ reason }) => reason)).toEqual(["the decoder failed: boom"]);
  });

  it("rejects only the point over which a processor throws", () => {
    const fussy = step("fussy", (points) =>
      points.map((point) => {
        if (point.fields.get("v") === 2) throw new Error("no two");
        return point;
      }),
    );
    const chain = new Chain({ sources: new Map([["a", source()]]), steps: [fussy] });
    const { points, rejects } = chain.run([reading("a", "1", 1), reading("a", "2", 2), reading("a", "3", 3)]);
    expect(values(points)).toEqual([1, 3]);
    expect(rejects).toMatchObject([{ step: "fussy", offset: 2, reason: "the processor failed: no two" }]);
  });

  it("rejects what was cut for its size and what an input left behind that is no longer configured", () => {
    const chain = new Chain({ sources: new Map([["a", source()]]), steps: [] });
    const cut = { ...cutOversized(reading("a", "1".repeat(5_000), 0)), input: "a", offset: 0 };
    const { rejects } = chain.run([cut, reading("gone", "1", 1)]);
    expect(rejects.map(({ reason }) => reason)).toEqual([
      "the reading has 5000 bytes, more than the input's max_reading or than the whole journal may take",
      'the configuration has no input "gone" any more',
    ]);
    expect(cut.payload).toHaveLength(4096);
  });

  it("rejects the points of a processor that answers with a promise, and says so", () => {
    const slow = step("slow", (async (points: readonly Point[]) => points) as unknown as Processor["process"]);
    const chain = new Chain({ sources: new Map([["a", source()]]), steps: [slow] });
    const { points, rejects } = chain.run([reading("a", "1", 0)]);
    expect(points).toEqual([]);
    expect(rejects[0]?.reason).toMatch(/a processor is not asynchronous/);
  });

  it("goes on without a memory that a step cannot use", () => {
    const fussy: Step = {
      ...step("fussy", (points) => points),
      processor: {
        process: (points) => points,
        save: () => 1,
        restore: () => {
          throw new Error("an old format");
        },
      },
    };
    const chain = new Chain({ sources: new Map([["a", source()]]), steps: [fussy] });
    chain.restore(chain.save().steps);
    expect(values(chain.run([reading("a", "7", 0)]).points)).toEqual([7]);
  });

  it("saves what its steps remember and gives it back to the same step only", () => {
    const counting = (fingerprint: string): Step => {
      let seen = 0;
      const process: Processor["process"] = (points) =>
        points.map((point) => ({ ...point, fields: new Map([["v", ++seen]]) }));
      return {
        id: "count",
        fingerprint,
        processor: { process, save: () => seen, restore: (state) => (seen = Number(state)) },
      };
    };
    const make = (fingerprint: string) =>
      new Chain({ sources: new Map([["a", source()]]), steps: [counting(fingerprint)] });
    const first = make("x");
    first.run([reading("a", "7 7 7", 0)]);
    const state = first.save().steps;
    const same = make("x");
    same.restore(state);
    expect(values(same.run([reading("a", "7", 1)]).points)).toEqual([4]);
    const changed = make("changed");
    changed.restore(state);
    expect(values(changed.run([reading("a", "7", 1)]).points)).toEqual([1]);
    expect(first.stateful).toBe(true);
  });
});
