import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { excerpt } from "./excerpt.ts";

describe("an excerpt", () => {
  it("shows text in quotes with control characters escaped", () => {
    expect(excerpt('a "b"\n\u0007\u0085')).toBe('"a \\"b\\"\\n\\u0007\\u0085"');
  });

  it("is short, and says that it was cut", () => {
    expect(excerpt("abcdef", 3)).toBe('"abc…"');
    expect(excerpt(Buffer.from("éééé"), 3)).toBe('"ééé…"');
    expect(excerpt("😀😀", 2)).toBe('"😀😀"');
  });

  it("is the same for text and for its bytes, and has no control character", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 1, max: 10 }), (text, max) => {
        expect(excerpt(Buffer.from(text), max)).toBe(excerpt(text, max));
        expect(excerpt(text, max)).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
      }),
    );
  });
});
