import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FIELD_TYPES, readField } from "./field-type.ts";

describe("a field from text", () => {
  it.each([
    ["21", undefined, 21],
    ["+.5e1", undefined, 5],
    ["9007199254740992", undefined, 2 ** 53],
    ["9007199254740993", "float", 2 ** 53],
    ["007", "float", 7],
    ["-0", "float", -0],
    ["21", "integer", { type: "integer", value: 21 }],
    ["21.0", "integer", { type: "integer", value: 21 }],
    ["2.1e1", "unsigned", { type: "unsigned", value: 21 }],
    ["9007199254740993", "integer", { type: "integer", value: 9007199254740993n }],
    ["18446744073709551615", "unsigned", { type: "unsigned", value: 2n ** 64n - 1n }],
    ["007", "string", "007"],
    ["", "string", ""],
    ["ON", "boolean", true],
    ["no", "boolean", false],
    ["1", "boolean", true],
  ] as const)("%j of type %s is read", (text, type, value) => {
    expect(readField(text, type)).toStrictEqual({ value });
  });

  it.each([
    ["9007199254740993", undefined, /is 9007199254740993, an integer that no float holds exactly: name its type/],
    ["-9007199254740993", undefined, /no float holds exactly/],
    ["on", undefined, /is no number: "on"/],
    ["", "float", /is no number: ""/],
    ["1e999", "float", /is no number/],
    ["NaN", "float", /is no number/],
    ["0x10", "float", /is no number/],
    ["21.5", "integer", /is no 64-bit integer number: "21.5"/],
    ["-1", "unsigned", /is no 64-bit unsigned number/],
    ["9223372036854775808", "integer", /is no 64-bit integer/],
    ["maybe", "boolean", /is neither true nor false: "maybe"/],
  ] as const)("%j of type %s is refused", (text, type, reason) => {
    expect(readField(text, type).reason).toMatch(reason);
  });

  it("never throws and never hangs, whatever the text", () => {
    const texts = fc.oneof(
      fc.string({ unit: "binary" }),
      fc
        .tuple(fc.constantFrom("1", "0", "1.", ".", "e", "-"), fc.constantFrom("", "x"))
        .map(([a, b]) => a.repeat(1e6) + b),
    );
    fc.assert(
      fc.property(texts, fc.constantFrom(undefined, ...FIELD_TYPES), (text, type) => {
        const { value, reason } = readField(text, type);
        expect(value === undefined).toBe(reason !== undefined);
      }),
    );
  });
});
