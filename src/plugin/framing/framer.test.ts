import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFramer } from "./create-framer.ts";
import type { Framing } from "./framer.ts";

interface Cut {
  readonly frames: string[];
  readonly partial: number[];
  readonly oversized: [number, string][];
}

/** All that comes of the chunks: frames and losses, as Latin-1. */
function cut(framing: Framing, chunks: readonly Uint8Array[], midstream = false, last: "end" | "cut" = "end"): Cut {
  const result: Cut = { frames: [], partial: [], oversized: [] };
  const losses = {
    partial: (length: number) => void result.partial.push(length),
    oversized: (length: number, head: Uint8Array) =>
      void result.oversized.push([length, Buffer.from(head).toString("latin1")]),
  };
  const framer = createFramer(framing, losses, midstream);
  const frames = chunks.flatMap((chunk) => framer.push(chunk));
  if (last === "end") frames.push(...framer.end());
  else framer.cut();
  result.frames.push(...frames.map((frame) => Buffer.from(frame).toString("latin1")));
  return result;
}

function bytes(text: string): Buffer {
  return Buffer.from(text, "latin1");
}

/** The bytes in pieces that end at the given places. */
function split(all: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...new Set(places.map((place) => place % (all.length + 1)))].toSorted((a, b) => a - b);
  return [...ends, all.length].map((end, index) => all.subarray(index === 0 ? 0 : ends[index - 1], end));
}

const LINE: Framing = { type: "line", maxFrame: 64 };
const LINES: Framing = { type: "lines", maxFrame: 64 };

describe("a framer of lines", () => {
  it("takes LF and CRLF off, leaves empty lines out and gives the unterminated last line at the end", () => {
    expect(cut(LINE, [bytes("a 1\r\n\n\r\nb 2\nc")]).frames).toEqual(["a 1", "b 2", "c"]);
  });

  it("leaves what comes before the first delimiter out as partial when the stream began within a frame", () => {
    expect(cut(LINE, [bytes("om=lab v=1\na 1\n")], true)).toEqual({ frames: ["a 1"], partial: [10], oversized: [] });
    expect(cut(LINE, [bytes("\na 1\n")], true)).toEqual({ frames: ["a 1"], partial: [], oversized: [] });
  });

  it("leaves an unfinished frame out as partial when the stream is cut", () => {
    expect(cut(LINE, [bytes("a 1\nb")], false, "cut")).toEqual({ frames: ["a 1"], partial: [1], oversized: [] });
  });

  it("gives frames that fit in one chunk as views of it", () => {
    const chunk = bytes("a 1\nb 2\n");
    const framer = createFramer(LINE, { partial: () => {}, oversized: () => {} });
    expect(framer.push(chunk).every((frame) => frame.buffer === chunk.buffer)).toBe(true);
  });

  it("does not change a frame when later chunks come", () => {
    const framer = createFramer(LINE, { partial: () => {}, oversized: () => {} });
    framer.push(bytes("first "));
    const [frame] = framer.push(bytes("line\nsecond"));
    framer.push(bytes(" line\n"));
    expect(String(frame)).toBe("first line");
  });
});

describe("a framer of lines together", () => {
  it("gives the whole lines of a chunk as one frame", () => {
    expect(cut(LINES, [bytes("a 1\nb 2\nc"), bytes(" 3\nd 4\r\ne 5\r\nf")]).frames).toEqual([
      "a 1\nb 2",
      "c 3",
      "d 4\r\ne 5",
      "f",
    ]);
  });

  it("loses and changes nothing but lines above the maximum, whatever the chunks", () => {
    const line = fc.string({ unit: fc.constantFrom("a", "b", " "), minLength: 1, maxLength: 90 });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1 }), fc.array(fc.nat()), (lines, places) => {
        const result = cut(LINES, split(bytes(`${lines.join("\n")}\n`), places));
        const small = lines.filter(({ length }) => length <= 64);
        expect(result.frames.flatMap((frame) => frame.split("\n"))).toEqual(small);
        expect(result.frames.every(({ length }) => length <= 64)).toBe(true);
        expect(result.oversized.map(([length]) => length)).toEqual(
          lines.map(({ length }) => length).filter((length) => length > 64),
        );
      }),
    );
  });
});

describe("a framer", () => {
  const framing = fc.oneof(
    fc.record({ type: fc.constant("line" as const), maxFrame: fc.integer({ min: 1, max: 12 }) }),
    fc.record({
      type: fc.constant("delimiter" as const),
      delimiter: fc
        .array(fc.constantFrom(10, 13, 65), { minLength: 1, maxLength: 4 })
        .map((all) => Uint8Array.from(all)),
      maxFrame: fc.integer({ min: 1, max: 12 }),
    }),
    fc.record({ type: fc.constant("length" as const), length: fc.integer({ min: 1, max: 9 }), gapMs: fc.constant(0) }),
  );
  // Few different bytes, so that delimiters and halves of them are everywhere.
  const stream = fc.array(fc.constantFrom(10, 13, 65, 66), { maxLength: 80 }).map((all) => Uint8Array.from(all));

  it("gives the same frames and losses for any chunks of the same bytes", () => {
    fc.assert(
      fc.property(
        framing,
        stream,
        fc.array(fc.nat()),
        fc.boolean(),
        fc.constantFrom("end" as const, "cut" as const),
        (how, all, places, midstream, last) => {
          expect(cut(how, split(all, places), midstream, last)).toEqual(cut(how, [all], midstream, last));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("gives what splitting the whole stream gives", () => {
    fc.assert(
      fc.property(framing, stream, fc.array(fc.nat()), (how, all, places) => {
        if (how.type === "length") return;
        const delimiter = how.type === "line" ? "\n" : Buffer.from(how.delimiter).toString("latin1");
        const parts = Buffer.from(all).toString("latin1").split(delimiter);
        const kept = parts.filter(({ length }) => length <= how.maxFrame);
        const frames = how.type === "line" ? kept.map((part) => part.replace(/\r$/, "")) : kept;
        const result = cut(how, split(all, places));
        expect(result.frames).toEqual(frames.filter((frame) => frame !== ""));
        expect(result.oversized).toEqual(
          parts.filter(({ length }) => length > how.maxFrame).map((part) => [part.length, part.slice(0, how.maxFrame)]),
        );
      }),
      { numRuns: 1000 },
    );
  });

  it("survives a line of 10 MB in small chunks and gives the lines around it", () => {
    const huge = Array.from({ length: 10_240 }, () => Buffer.alloc(1024, "x"));
    const result = cut({ type: "line", maxFrame: 65_536 }, [bytes("a 1\n"), ...huge, bytes("\nb 2\n")]);
    expect(result.frames).toEqual(["a 1", "b 2"]);
    expect(result.oversized).toEqual([[10_485_760, "x".repeat(40)]]);
  });

  it("finds a delimiter that is cut at any place", () => {
    const how: Framing = { type: "delimiter", delimiter: bytes("AAB"), maxFrame: 100 };
    const all = bytes("xAAAByAABzAA");
    for (let place = 0; place <= all.length; place++)
      expect(cut(how, [all.subarray(0, place), all.subarray(place)]).frames).toEqual(["xA", "y", "zAA"]);
  });
});

describe("a framer of fixed lengths", () => {
  it("counts a frame that is cut short and begins anew with the next byte", () => {
    const partial: number[] = [];
    const framer = createFramer(
      { type: "length", length: 4, gapMs: 0 },
      { partial: (length) => void partial.push(length), oversized: () => {} },
    );
    framer.push(bytes("ab"));
    framer.cut();
    expect(framer.push(bytes("cdefgh")).map(String)).toEqual([String(bytes("cdef"))]);
    expect(framer.end()).toEqual([]);
    expect(partial).toEqual([2, 2]);
  });
});
