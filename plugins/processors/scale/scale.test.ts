import { type FieldValue, NO_TAGS, type Point } from "fieldline/plugin";
import { describe, expect, it } from "vitest";
import scale from "./index.ts";

function point(fields: Record<string, FieldValue>): Point {
  const time = { seconds: 1, nanos: 0 };
  return { measurement: "bbq", tags: NO_TAGS, fields: new Map(Object.entries(fields)), time, offset: 5 };
}

function run(fields: Record<string, FieldValue>, settings: Partial<Parameters<typeof scale.create>[0]>) {
  const result = scale.create({ fields: [], multiply: 1, offset: 0, ...settings }).process([point(fields)]);
  return "points" in result ? result : { points: result, rejected: [] };
}

function fieldsOf(fields: Record<string, FieldValue>, settings: Partial<Parameters<typeof scale.create>[0]>) {
  const { points, rejected } = run(fields, settings);
  expect(rejected).toEqual([]);
  return Object.fromEntries(points[0]?.fields ?? []);
}

describe("the scale processor", () => {
  it("puts the result under a new name, and keeps the field it comes from", () => {
    expect(fieldsOf({ temp_c: 100, x: 1 }, { fields: { temp_c: "temp_f" }, multiply: 1.8, offset: 32 })).toEqual({
      temp_c: 100,
      x: 1,
      temp_f: 212,
    });
  });

  it("changes fields in place, and leaves texts, booleans and other fields as they are", () => {
    const fields = { a: 2, b: 3, c: "x", d: true };
    expect(fieldsOf(fields, { fields: ["a", "c", "d", "nothing"], multiply: 10 })).toEqual({ ...fields, a: 20 });
  });

  it("does not change the points it is given", () => {
    const given = point({ a: 1 });
    scale.create({ fields: ["a"], multiply: 2, offset: 0 }).process([given]);
    expect(given).toEqual(point({ a: 1 }));
  });

  it("keeps integers exact with whole numbers, and makes them floats with others", () => {
    const big: FieldValue = { type: "integer", value: 9007199254740993n };
    expect(fieldsOf({ a: big }, { fields: ["a"], multiply: 2, offset: 1 })).toEqual({
      a: { type: "integer", value: 18014398509481987n },
    });
    expect(fieldsOf({ a: { type: "unsigned", value: 5 } }, { fields: ["a"], multiply: 0.5 })).toEqual({ a: 2.5 });
    expect(fieldsOf({ a: { type: "integer", value: 4 } }, { fields: ["a"], multiply: 0.5 })).toEqual({ a: 2 });
  });

  it("keeps no digits that come of the calculation alone, and all of a whole number", () => {
    expect(216.75 * 1.8 + 32).not.toBe(422.15);
    expect(fieldsOf({ a: 216.75 }, { fields: ["a"], multiply: 1.8, offset: 32 })).toEqual({ a: 422.15 });
    expect(fieldsOf({ a: 9007199254740991 }, { fields: ["a"], offset: -1 })).toEqual({ a: 9007199254740990 });
  });

  it.each<[string, FieldValue, number]>([
    ["an integer", { type: "integer", value: 2n ** 62n }, 2],
    ["an unsigned integer", { type: "unsigned", value: 1 }, -1],
    ["a float", 1e308, 1e10],
  ])("refuses a result that is beyond %s", (_, value, multiply) => {
    const { points, rejected } = run({ a: value }, { fields: ["a"], multiply });
    expect(points).toEqual([]);
    expect(rejected).toEqual([{ reason: 'the scaled field "a" would be beyond its type', point: point({ a: value }) }]);
  });

  it("refuses to overwrite another field", () => {
    const { rejected } = run({ a: 1, b: 2 }, { fields: { a: "b" }, multiply: 2 });
    expect(rejected?.map(({ reason }) => reason)).toEqual(['there is a field "b" already']);
  });
});
