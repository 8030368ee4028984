import type { FieldType } from "fieldline/plugin";
import { NO_TAGS, type Origin } from "fieldline/plugin";
import { describe, expect, it } from "vitest";
import value from "./index.ts";

interface Settings {
  readonly measurement?: string;
  readonly field?: string;
  readonly types?: FieldType | Record<string, FieldType>;
  readonly values?: Record<string, string>;
}

function decode(payload: string | Uint8Array, settings: Settings = {}, origin: Partial<Origin> = {}) {
  const reading = {
    input: "test",
    channel: "bbq/grill/temp",
    payload: Buffer.from(payload),
    time: { seconds: 1, nanos: 0 },
    offset: 1,
  };
  return value.create({ values: {}, ...settings }).decode(reading, { tags: NO_TAGS, ...origin });
}

function valueOf(payload: string, settings?: Settings, origin?: Partial<Origin>) {
  const { points, rejected } = decode(payload, settings, origin);
  expect(rejected).toBeUndefined();
  expect(points).toHaveLength(1);
  return Object.fromEntries(points[0]?.fields ?? []);
}

function reasonOf(payload: string | Uint8Array, settings?: Settings) {
  const { points, rejected } = decode(payload, settings);
  expect(points).toEqual([]);
  expect(rejected).toHaveLength(1);
  return rejected?.[0]?.reason;
}

describe("the value decoder", () => {
  it.each(["107.25", " 107.25 ", "107.25\r\n", "\t1.0725e2", "107.25\0\0"])("reads %j as a float", (payload) => {
    expect(valueOf(payload)).toEqual({ value: 107.25 });
  });

  it("names the field by the settings, else the topic, else value", () => {
    expect(valueOf("1", { field: "a" }, { field: "b" })).toEqual({ a: 1 });
    expect(valueOf("1", {}, { field: "b" })).toEqual({ b: 1 });
    expect(valueOf("1")).toEqual({ value: 1 });
  });

  it("names the measurement by the settings, else the topic, else not at all", () => {
    expect(decode("1", { measurement: "a" }, { measurement: "b" }).points[0]?.measurement).toBe("a");
    expect(decode("1", {}, { measurement: "b" }).points[0]?.measurement).toBe("b");
    expect(decode("1").points[0]?.measurement).toBeUndefined();
  });

  it("takes one type for all fields, or one by field", () => {
    expect(valueOf("ON", { types: "boolean" })).toEqual({ value: true });
    expect(valueOf("idle", { types: { state: "string" } }, { field: "state" })).toEqual({ state: "idle" });
    expect(valueOf("21", { types: { state: "string" } }, { field: "temp" })).toEqual({ temp: 21 });
    expect(valueOf("9007199254740993", { types: "integer" })).toEqual({
      value: { type: "integer", value: 9007199254740993n },
    });
  });

  it("reads words as the values they stand for, in upper and lower case", () => {
    const values = { open: "1", Closed: "0" };
    expect(valueOf("OPEN", { values })).toEqual({ value: 1 });
    expect(valueOf("closed", { values, types: "boolean" })).toEqual({ value: false });
    expect(valueOf("0.5", { values })).toEqual({ value: 0.5 });
  });

  it("refuses what is no value, and shows it", () => {
    expect(reasonOf("")).toBe("the payload is empty");
    expect(reasonOf(" \n")).toBe("the payload is empty");
    expect(reasonOf("n/a\u0007")).toBe('the value of the field "value" is no number: "n/a\\u0007"');
    expect(reasonOf("true")).toBe('the value of the field "value" is no number: "true"');
    expect(reasonOf("x".repeat(1e6))).toBe(`the value of the field "value" is no number: "${"x".repeat(40)}…"`);
    expect(reasonOf(Buffer.from([0x32, 0xff]))).toBe('the payload is not UTF-8: "2\uFFFD"');
    expect(reasonOf("9007199254740993")).toMatch(/no float holds exactly/);
    expect(reasonOf("21.5", { types: "integer" })).toMatch(/is no 64-bit integer number: "21.5"/);
  });
});
