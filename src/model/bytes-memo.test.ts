import { array, assert, constantFrom, oneof, property, string } from "fast-check";
import { expect, it } from "vitest";
import { BytesMemo, decimalText } from "./index.ts";

const text = (bytes: Buffer, start: number, end: number) => bytes.toString("utf8", start, end);

it("what was made of bytes is remembered, and always belongs to them", () => {
  const words = array(oneof(string({ maxLength: 3 }), string({ maxLength: 12, unit: "grapheme" })), {
    maxLength: 300,
  });
  assert(
    property(words, constantFrom(64, 256), (list, slots) => {
      const memo = new BytesMemo(text, slots, 10);
      for (const word of [...list, ...list]) {
        const bytes = Buffer.from(`[${word}]`);
        expect(memo.of(bytes, 1, bytes.length - 1)).toBe(word);
      }
    }),
  );
});

it("makes nothing twice of a few, and remembers no more than it may", () => {
  let made = 0;
  const memo = new BytesMemo(() => (made += 1), 256, 10);
  const first = Buffer.from("bbq/temp");
  expect([memo.of(first, 0, 8), memo.of(first, 0, 8), memo.of(Buffer.from("bbq/temp"), 0, 8)]).toEqual([1, 1, 1]);
  expect([memo.of(first, 0, 7), memo.of(first, 1, 8)]).toEqual([2, 3]);
  const long = Buffer.alloc(11, "x");
  expect([memo.of(long, 0, 11), memo.of(long, 0, 11), memo.of(long, 0, 0), memo.of(long, 0, 0)]).toEqual([4, 5, 6, 6]);
  const many = Array.from({ length: 1000 }, (_, index) => Buffer.from(`topic ${index}`));
  for (const bytes of [...many, ...many]) memo.of(bytes, 0, bytes.length);
  expect(made).toBeGreaterThan(1006);
  made = 0;
  for (const bytes of many) memo.of(bytes, 0, bytes.length);
  expect(made).toBeGreaterThanOrEqual(1000 - 256);
});

it("whole numbers as text", () => {
  for (const number of [0, 7, 65_535, 65_536, 4_294_967_295, 3]) {
    expect(decimalText(number)).toBe(String(number));
    expect(decimalText(number)).toBe(String(number));
  }
});
