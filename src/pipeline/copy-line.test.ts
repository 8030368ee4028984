import * as fc from "fast-check";
import { expect, it } from "vitest";
import { copyLine, readCopyLine } from "./copy-line.ts";

const reading = fc.record(
  {
    offset: fc.nat(),
    input: fc.string({ unit: "binary" }),
    channel: fc.string({ unit: "binary" }),
    payload: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    time: fc.record({ seconds: fc.integer(), nanos: fc.nat(999_999_999) }),
    attributes: fc.dictionary(fc.string({ unit: "binary" }), fc.string({ unit: "binary" })),
  },
  { requiredKeys: ["offset", "input", "channel", "payload", "time"] },
);

it("a reading comes back from its line as it was, whatever is in it", () => {
  fc.assert(
    fc.property(reading, (one) => {
      const line = copyLine(one);
      expect(line.indexOf("\n")).toBe(line.length - 1);
      expect(readCopyLine(line.slice(0, -1))).toEqual(one);
    }),
  );
});

it("a line in which any character has changed is none", () => {
  const line = copyLine({
    offset: 3,
    input: "grill",
    channel: "bbq/1",
    payload: Buffer.from("hot"),
    time: { seconds: 1, nanos: 2 },
  }).trimEnd();
  for (let at = 0; at < line.length; at++) {
    const changed = line.slice(0, at) + (line[at] === "1" ? "2" : "1") + line.slice(at + 1);
    expect(readCopyLine(changed)).toBeUndefined();
  }
  for (const text of ["", line.slice(0, -1), line.slice(1), "null"]) expect(readCopyLine(text)).toBeUndefined();
});
