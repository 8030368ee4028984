import type { Point } from "fieldline/plugin";
import { describe, expect, it } from "vitest";
import rename from "./index.ts";

const POINT: Point = {
  measurement: "dht22",
  tags: new Map([
    ["id", "p1"],
    ["room", "patio"],
  ]),
  fields: new Map([
    ["t", 21],
    ["h", 40],
  ]),
  time: { seconds: 1, nanos: 0 },
  offset: 5,
};

function run(settings: Partial<Parameters<typeof rename.create>[0]>) {
  const result = rename.create({ tags: {}, fields: {}, ...settings }).process([POINT]);
  return "points" in result ? result : { points: result, rejected: [] };
}

function plain(points: readonly Point[]) {
  return points.map(({ measurement, tags, fields, ...rest }) => ({
    ...rest,
    names: [measurement, Object.fromEntries(tags), Object.fromEntries(fields)],
  }));
}

describe("the rename processor", () => {
  it("renames measurements, tags and fields, and leaves the rest", () => {
    const { points, rejected } = run({
      measurement: { dht22: "climate" },
      tags: { id: "probe" },
      fields: { t: "temp_c" },
    });
    expect(rejected).toEqual([]);
    const { time, offset } = POINT;
    expect(plain(points)).toEqual([
      { time, offset, names: ["climate", { probe: "p1", room: "patio" }, { temp_c: 21, h: 40 }] },
    ]);
  });

  it("takes one name for all measurements, or leaves those that a map does not name", () => {
    expect(run({ measurement: "bbq" }).points[0]?.measurement).toBe("bbq");
    expect(run({ measurement: { other: "bbq" } }).points[0]?.measurement).toBe("dht22");
  });

  it("lets two fields change places", () => {
    expect(Object.fromEntries(run({ fields: { t: "h", h: "t" } }).points[0]?.fields ?? [])).toEqual({ h: 21, t: 40 });
  });

  it("refuses a point that would lose a tag or field to another of the same name", () => {
    expect(run({ fields: { t: "h" } })).toEqual({
      points: [],
      rejected: [{ reason: "two fields would have the same name", point: POINT }],
    });
    expect(run({ tags: { id: "x", room: "x" } }).rejected?.[0]?.reason).toBe("two tags would have the same name");
  });

  it("has to have something to rename", () => {
    expect(rename.check?.({ tags: {}, fields: {} })).toHaveLength(1);
    expect(rename.check?.({ tags: { a: "b" }, fields: {} })).toEqual([]);
  });
});
