import { array, assert, nat, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { includesOffset, type OffsetRange, withOffset } from "./offset-ranges.ts";

const rangesOf = (offsets: readonly number[]) =>
  offsets.reduce<readonly OffsetRange[]>((ranges, offset) => withOffset(ranges, offset), []);

describe("ranges of offsets", () => {
  it("hold exactly what was added, in whatever order, while they are few", () => {
    assert(
      property(array(nat(300), { maxLength: 200 }), (offsets) => {
        const ranges = rangesOf(offsets);
        const wanted = new Set(offsets);
        for (let offset = 0; offset <= 300; offset++) expect(includesOffset(ranges, offset)).toBe(wanted.has(offset));
        for (const [index, [first]] of ranges.entries()) {
          expect(first).toBeGreaterThan((ranges[index - 1]?.[1] ?? -2) + 1);
        }
      }),
    );
  });

  it("become coarse where they lie closest when they are many, and lose none", () => {
    const offsets = Array.from({ length: 400 }, (_, n) => n * 10 + (n % 2));
    const ranges = rangesOf(offsets);
    expect(ranges).toHaveLength(256);
    for (const offset of offsets) expect(includesOffset(ranges, offset)).toBe(true);
    expect([ranges[0]?.[0], ranges.at(-1)?.[1]]).toEqual([0, 3991]);
  });
});
