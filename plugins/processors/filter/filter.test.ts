import * as fc from "fast-check";
import type { FieldValue, Point } from "fieldline/plugin";
import { describe, expect, it } from "vitest";
import { matcher } from "./glob.ts";
import filter from "./index.ts";

function point(measurement: string, tags: Record<string, string>, fields: Record<string, FieldValue>): Point {
  return {
    measurement,
    tags: new Map(Object.entries(tags)),
    fields: new Map(Object.entries(fields)),
    time: { seconds: 1, nanos: 0 },
    offset: 5,
  };
}

const POINTS = [
  point("bbq", { room: "patio", id: "1" }, { temp: 107.2, debug_a: 1 }),
  point("climate_in", { room: "cellar" }, { temp: 12, debug_b: 2 }),
  point("climate_out", {}, { hum: 40 }),
];

function run(settings: Parameters<typeof filter.create>[0]): readonly Point[] {
  const result = filter.create(settings).process(POINTS);
  return "points" in result ? result.points : result;
}

function measurements(settings: Parameters<typeof filter.create>[0]): string[] {
  return run(settings).map(({ measurement }) => measurement);
}

describe("the filter processor", () => {
  it.each<[string, Parameters<typeof filter.create>[0], string[]]>([
    ["a condition", { when: "fields.temp > 20" }, ["bbq"]],
    ["a condition that asks first", { when: "!has(fields.temp) || fields.temp < 20" }, ["climate_in", "climate_out"]],
    ["measurements", { keep_measurements: ["climate_*"] }, ["climate_in", "climate_out"]],
    ["measurements to drop", { drop_measurements: ["bbq", "*_out"] }, ["climate_in"]],
    ["tags", { keep_where: { room: ["pat*", "attic"] } }, ["bbq"]],
    ["tags that have to be there", { keep_where: { room: ["*"] } }, ["bbq", "climate_in"]],
    ["tags that all have to match", { keep_where: { room: ["*"], id: ["2"] } }, []],
    ["tags to drop", { drop_where: { room: ["cellar"], id: ["1"] } }, ["climate_out"]],
    ["fields that are left", { keep_fields: ["temp"] }, ["bbq", "climate_in"]],
  ])("narrows points by %s", (_, settings, expected) => {
    expect(measurements(settings)).toEqual(expected);
  });

  it("narrows fields and tags by patterns, and leaves the given points alone", () => {
    const [first] = run({ drop_fields: ["debug_*"], keep_tags: ["room"] });
    expect(first).toEqual(point("bbq", { room: "patio" }, { temp: 107.2 }));
    const [other] = run({ keep_fields: ["temp", "debug_*"], drop_fields: ["debug_a"], drop_tags: ["*"] });
    expect(other).toEqual(point("bbq", {}, { temp: 107.2 }));
    expect(POINTS[0]?.fields.size).toBe(2);
  });

  it("finds a bad condition, and that there is nothing to do, before it runs", () => {
    expect(filter.check?.({ when: "fields.temp >" })?.[0]).toMatchObject({ path: ["when"], code: "bad-expression" });
    expect(filter.check?.({ when: "fields.temp > 5" })).toEqual([]);
    expect(filter.check?.({})).toHaveLength(1);
  });
});

describe("patterns", () => {
  it("match as a regular expression with .* for each star does", () => {
    const letters = (...units: string[]) => fc.string({ unit: fc.constantFrom(...units), maxLength: 6 });
    fc.assert(
      fc.property(letters("a", "b", "*"), letters("a", "b"), (pattern, text) => {
        const expected = new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(text);
        expect(matcher([pattern])(text)).toBe(expected);
      }),
      { numRuns: 2000 },
    );
  });
});
