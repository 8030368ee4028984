import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TextBuffer } from "./text-buffer.ts";

function written(write: (into: TextBuffer) => void): string {
  const into = new TextBuffer();
  write(into);
  return into.toString();
}

describe("a text buffer", () => {
  it("writes numbers as JavaScript does, and minus zero", () => {
    const decimal = fc
      .tuple(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 0, max: 9 }))
      .map(([whole, decimals]) => whole / 10 ** decimals);
    const whole = fc.maxSafeInteger();
    fc.assert(
      fc.property(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), decimal, whole), (value) => {
        expect(written((into) => into.number(value))).toBe(Object.is(value, -0) ? "-0" : String(value));
      }),
      { numRuns: 20_000 },
    );
    for (const value of [999_999_999_999_999, 1e15, 123_456_789.123_456, 0.000_001, 0.000_000_1, 2 ** 53, -1e9, 1e9])
      expect(written((into) => into.number(value))).toBe(String(value));
  });

  it("writes digits with zeros before them", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: 1, max: 19 }), (value, least) => {
        const whole = Math.abs(value);
        expect(written((into) => into.digits(whole, least))).toBe(String(whole).padStart(least, "0"));
      }),
    );
  });

  it("writes any text in UTF-8, and grows with it", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" }), { maxLength: 40 }), (texts) => {
        const all = written((into) => texts.forEach((text) => into.text(text)));
        expect(all).toBe(texts.map((text) => text.toWellFormed()).join(""));
      }),
    );
    expect(written((into) => into.text("\ud800a"))).toBe("\ufffda");
    expect(written((into) => into.text("x".repeat(10_000)))).toHaveLength(10_000);
  });
});
