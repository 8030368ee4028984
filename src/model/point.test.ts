import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { integerField, parseInteger } from "./point.ts";

describe("integer fields", () => {
  it("are exact from text over all 64 bits, and equal integers have equal values", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (integer) => {
        const field = parseInteger(String(integer));
        expect(field).toStrictEqual(integerField(integer));
        expect(BigInt(field?.value ?? 0.5)).toBe(integer);
        expect(typeof field?.value).toBe(Number.isSafeInteger(Number(integer)) ? "number" : "bigint");
      }),
    );
  });

  it("end where 64 bits end", () => {
    expect(parseInteger("9223372036854775808")).toBeUndefined();
    expect(parseInteger("-9223372036854775809")).toBeUndefined();
    expect(parseInteger("18446744073709551615", "unsigned")?.value).toBe(2n ** 64n - 1n);
    expect(parseInteger("18446744073709551616", "unsigned")).toBeUndefined();
    expect(parseInteger("-1", "unsigned")).toBeUndefined();
    expect(integerField(-1n, "unsigned")).toBeUndefined();
  });

  it("come only from whole numbers that are exact", () => {
    expect(integerField(1.5)).toBeUndefined();
    expect(integerField(2 ** 53)).toBeUndefined();
    expect(integerField(Number.NaN)).toBeUndefined();
    expect(integerField(-0)).toStrictEqual({ type: "integer", value: 0 });
    expect(parseInteger("-0")).toStrictEqual({ type: "integer", value: 0 });
    expect(parseInteger("+7")).toStrictEqual({ type: "integer", value: 7 });
    for (const text of ["", "-", "1.0", "1e3", " 1", "0x1", "1n"]) expect(parseInteger(text)).toBeUndefined();
  });
});
