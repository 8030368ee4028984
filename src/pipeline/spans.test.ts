import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fewSpans, gapsOf, type Span, spanAt, withSpan } from "./spans.ts";

const span = fc.tuple(fc.nat(50), fc.nat(50)).map(([one, other]): Span => [Math.min(one, other), Math.max(one, other)]);
const offsetsOf = (spans: readonly Span[]) =>
  spans.flatMap(([from, to]) => Array.from({ length: to - from }, (_, index) => from + index));

describe("spans", () => {
  it("hold what was put in, in order and apart, and their gaps all else", () => {
    fc.assert(
      fc.property(fc.array(span), span, (added, [from, to]) => {
        const expected = new Set(offsetsOf(added));
        const spans = added.reduce(withSpan, [] as readonly Span[]);
        expect(offsetsOf(spans)).toEqual([...expected].toSorted((one, other) => one - other));
        for (const [index, [start]] of spans.entries()) expect(start).toBeGreaterThan(spans[index - 1]?.[1] ?? -1);
        const all = offsetsOf([[from, to]]);
        expect(offsetsOf(gapsOf(spans, from, to))).toEqual(all.filter((offset) => !expected.has(offset)));
        for (const offset of all) expect(spanAt(spans, offset) !== undefined).toBe(expected.has(offset));
      }),
    );
  });

  it("are bounded: the smallest are given up", () => {
    const spans: Span[] = [
      [0, 5],
      [7, 8],
      [10, 20],
      [22, 24],
    ];
    expect(fewSpans(spans, 4)).toBe(spans);
    expect(fewSpans(spans, 2)).toEqual([
      [0, 5],
      [10, 20],
    ]);
    const many = Array.from({ length: 1_000 }, (_, index): Span => [index * 3, index * 3 + 1]);
    expect(fewSpans(many)).toHaveLength(128);
  });
});
