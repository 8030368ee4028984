import { describe, expect, it } from "vitest";
import { tumblingMean } from "../../test/parts/tumbling-mean.ts";
import { NO_TAGS, type Point, timestampFromMillis } from "../model/index.ts";
import {
  type AnyPlugin,
  type Decoder,
  defineDecoder,
  defineInput,
  defineOutput,
  defineProcessor,
  type Input,
  type Output,
  type Processor,
} from "../plugin/index.ts";
import { number, type SettingsOf, text } from "../schema/index.ts";
import { conformance } from "./index.ts";

/** The names of the tests that a plugin fails, and why. */
async function failures(plugin: AnyPlugin, live: readonly string[] = []): Promise<string> {
  const failed: string[] = [];
  for (const { name, run } of conformance(plugin, { live })) {
    try {
      await run();
    } catch (error) {
      failed.push(`${name}: ${(error as Error).message}`);
    }
  }
  return failed.join("\n");
}

const declared = { name: "sample", summary: "For tests.", settings: {}, examples: ["type: sample\n"] };

function decoder(decode: Decoder["decode"], more: Partial<Decoder> = {}): AnyPlugin {
  return defineDecoder({ ...declared, create: () => ({ decode, ...more }) });
}

function processor(create: () => Processor): AnyPlugin {
  return defineProcessor({ ...declared, create });
}

const sample: Point = {
  measurement: "m",
  tags: NO_TAGS,
  fields: new Map([["v", 1]]),
  time: { seconds: 0, nanos: 0 },
  offset: 0,
};

/** A window that keeps what is open when it is given another state. */
function adding(made: Processor): Partial<Processor> {
  const restore = (state: unknown) => {
    const before = made.save?.() as { readonly open: readonly object[] };
    const given = state as { readonly open: readonly object[] };
    made.restore?.({ ...given, open: [...given.open, ...before.open] });
  };
  return { restore };
}

function points(value: number) {
  return { points: [{ tags: NO_TAGS, fields: new Map([["value", value]]) }] };
}

/** Counts readings, in a state that it may or may not keep. */
function counter(keeps: boolean): AnyPlugin {
  return defineDecoder({
    ...declared,
    ordered: true,
    create: () => {
      let count = 0;
      const decode = () => points((count += 1));
      if (!keeps) return { decode };
      return { decode, save: () => ({ count }), restore: (state) => void ({ count } = state as { count: number }) };
    },
  });
}

/** A window with something done otherwise. */
function windowed(change: (made: Processor) => Partial<Processor>): AnyPlugin {
  const create = (settings: SettingsOf<typeof tumblingMean.settings>): Processor => {
    const made = tumblingMean.create(settings);
    const bound: Processor = {
      process: (given, at) => made.process(given, at),
      deadline: () => made.deadline?.(),
      flush: (until) => made.flush?.(until) ?? [],
      save: () => made.save?.(),
      restore: (state) => made.restore?.(state),
    };
    return { ...bound, ...change(bound) };
  };
  return { ...tumblingMean, create };
}

describe("the conformance suite", () => {
  it("has nothing against plugins that hold to the contract", async () => {
    expect(await failures(decoder(({ payload }) => points(payload.length)))).toBe("");
    expect(await failures(counter(true))).toBe("");
    expect(await failures(processor(() => ({ process: (given) => given })))).toBe("");
    expect(await failures(tumblingMean)).toBe("");
    expect(await failures(windowed(() => ({})))).toBe("");
  });

  it.each<[string, AnyPlugin, RegExp]>([
    [
      "forgets what is open",
      windowed((made) => ({ save: () => ({ ...(made.save?.() as object), open: [] }) })),
      /results differ/,
    ],
    ["adds what it restores to what it remembers", windowed(adding), /results differ/],
    [
      "names the same deadline after a flush",
      windowed(() => ({ flush: () => [] })),
      /a deadline that was over by then/,
    ],
    [
      "has windows open at the end",
      windowed(() => ({ flush: () => [], deadline: () => timestampFromMillis(4e12) })),
      /after all inputs have ended/,
    ],
    [
      "names deadlines by the clock",
      windowed(() => ({ deadline: () => timestampFromMillis(performance.now()) })),
      /names two deadlines/,
    ],
    [
      "gives what is no point",
      windowed(() => ({ flush: () => [{ ...sample, fields: new Map() }], deadline: () => undefined })),
      /has no field/,
    ],
    ["has a lookback that is none", windowed(() => ({ lookback: Infinity })), /no number of milliseconds/],
    [
      "does not say that it needs order",
      { ...tumblingMean, ordered: undefined } as unknown as AnyPlugin,
      /has save and restore and deadline and flush, and does not say `ordered: true`/,
    ],
    [
      "has a deadline and no flush",
      processor(() => ({ process: (given) => given, deadline: () => undefined })),
      /deadline and flush belong together/,
    ],
  ])("finds a window that %s", async (_, plugin, reason) => {
    expect(await failures(plugin)).toMatch(reason);
  });

  it.each<[string, AnyPlugin, RegExp]>([
    ["the clock", decoder(() => points(Date.now())), /time zone, locale, time/],
    ["a new Date", decoder(() => points(new Date().getFullYear())), /depend on the surroundings/],
    ["the time zone", decoder(() => points(new Date(2026, 0).getTime())), /depend on the surroundings/],
    ["the locale", decoder(() => points((5).toLocaleString() === "5" ? 1 : 2)), /depend on the surroundings/],
    ["chance", decoder(() => points(Math.random())), /the second time the results differ/],
    ["its past, which it does not keep", counter(false), /cut before item 1, the results differ/],
  ])("finds a decoder that depends on %s", async (_, plugin, reason) => {
    expect(await failures(plugin)).toMatch(reason);
  });

  it.each<[string, Decoder["decode"], RegExp]>([
    ["throws", ({ payload }) => points(String(JSON.parse(Buffer.from(payload).toString())).length), /JSON/],
    ["gives a point without fields", () => ({ points: [{ tags: NO_TAGS, fields: new Map() }] }), /has no field/],
    ["gives a field that is no value", () => points(Number.NaN), /no field value: NaN/],
    ["gives a function", () => ({ ...points(1), later: () => 1 }), /could not be cloned/],
    ["gives no reason", () => ({ points: [], rejected: [{ reason: "" }] }), /no reason/],
    ["writes into the payload", ({ payload }) => points(payload.fill(0).length), /payload was changed/],
  ])("finds a decoder that %s", async (_, decode, reason) => {
    expect(await failures(decoder(decode))).toMatch(reason);
  });

  it("finds a decoder that saves what is no JSON, or cannot restore", async () => {
    const decode: Decoder["decode"] = () => points(1);
    expect(await failures(decoder(decode, { save: () => new Map(), restore: () => {} }))).toMatch(/not plain JSON/);
    expect(await failures(decoder(decode, { save: () => 1 }))).toMatch(/save and restore belong together/);
  });

  it.each<[string, () => Processor, RegExp]>([
    ["depends on the batches", () => ({ process: (given) => given.slice(0, 1) }), /depend on the batches/],
    [
      "makes up offsets",
      () => ({ process: (given) => given.map((one) => ({ ...one, offset: -1 })) }),
      /no given point had/,
    ],
    [
      "changes the points it is given",
      () => ({
        process: (given) => {
          for (const { fields } of given) (fields as Map<string, number>).set("extra", 1);
          return given;
        },
      }),
      /given points were changed/,
    ],
  ])("finds a processor that %s", async (_, create, reason) => {
    expect(await failures(processor(create))).toMatch(reason);
  });

  it("finds an output that throws without a reason, or rejects with another error", async () => {
    const output = (made: Partial<Output>): AnyPlugin =>
      defineOutput({ ...declared, create: () => ({ encode: () => "line", write: () => Promise.resolve(), ...made }) });
    const silent = (point: Point) => {
      if (point.measurement !== "sample") throw new Error("");
      return "line";
    };
    expect(await failures(output({}), declared.examples)).toBe("");
    expect(await failures(output({ encode: silent }))).toMatch(/without a reason/);
    const write = () => Promise.reject(new TypeError("broken"));
    expect(await failures(output({ write }), declared.examples)).toMatch(/write rejects with TypeError: broken/);
  });

  it("finds an input whose view of channels depends on the time", async () => {
    const run: Input["run"] = () => Promise.resolve();
    const origin = () => () => ({ tags: new Map([["at", String(Date.now())]]) });
    expect(await failures(defineInput({ ...declared, create: () => ({ run }) }), declared.examples)).toBe("");
    expect(await failures(defineInput({ ...declared, origin, create: () => ({ run }) }))).toMatch(/says of a channel/);
  });

  it("finds examples that the settings refuse, and settings without a description", async () => {
    const settings = { size: number("How large.", { max: 5 }) };
    const create = () => ({ decode: () => points(1) });
    const example = (source: string) => failures(defineDecoder({ ...declared, settings, examples: [source], create }));
    expect(await example("type: sample\nsize: 5\n")).toBe("");
    expect(await example("type: sample\nsize: 6\n")).toMatch(/size: expected a number of at most 5, found "6"/);
    expect(await example("type: sample\nsize: 5\nsise: 5\n")).toMatch(/unknown key "sise"; did you mean "size"/);
    expect(await example("type: other\nsize: 5\n")).toMatch(/of another type/);
    const undescribed = defineDecoder({ ...declared, settings: { name: text(" ").optional() }, create });
    expect(await failures(undescribed)).toMatch(/name has no description/);
  });
});
