import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { namedLines } from "./named-lines.ts";

const BATCH = ["m v=1 1", "m v=2 2", 'm s="x" 3', "m v=4 4"];

function words(text: string, batch: readonly string[] = BATCH): ReturnType<typeof namedLines> {
  return namedLines({ words: text, data: undefined }, batch);
}

function data(
  entries: unknown,
  text = "partial write of line protocol occurred",
  batch: readonly string[] = BATCH,
): ReturnType<typeof namedLines> {
  return namedLines({ words: text, data: entries }, batch);
}

describe("lines that a store names", () => {
  it("counts from 1, and believes 3.x that the others were written", () => {
    const entries = [
      { original_line: "m v=2 2", line_number: 2, error_message: "two" },
      // As 3.x quotes what it has parsed: without quotation marks.
      { original_line: "m s=x 3", line_number: 3, error_message: "three" },
    ];
    const rejected = [
      { index: 1, reason: "two" },
      { index: 2, reason: "three" },
    ];
    expect(data(entries)).toEqual({ rejected, restWritten: true });
    expect(data(entries, "something else")).toEqual({ rejected, restWritten: false });
  });

  it("reads the single object of accept_partial=false, where nothing was written", () => {
    const entry = { original_line: "m v=2 2", line_number: 2, error_message: "two" };
    expect(data(entry, "parsing failed for write_lp endpoint")).toEqual({
      rejected: [{ index: 1, reason: "two" }],
      restWritten: false,
    });
  });

  it("believes no number that is outside of the batch or that belongs to another line", () => {
    for (const line_number of [0, 5, -1, 1.5, "2", null, undefined])
      expect(data([{ line_number, error_message: "?" }])).toBeUndefined();
    expect(data([{ original_line: "m v=1 1", line_number: 2, error_message: "?" }])).toBeUndefined();
    const half = data([
      { line_number: 1, error_message: "one" },
      { line_number: 9, error_message: "?" },
    ]);
    expect(half).toEqual({ rejected: [{ index: 0, reason: "one" }], restWritten: false });
  });

  it("believes no number after a line feed within a string", () => {
    const batch = ["m v=1 1", 'm s="a\nb" 2', "m v=3 3"];
    expect(data([{ line_number: 2, error_message: "two" }], undefined, batch)?.rejected).toEqual([
      { index: 1, reason: "two" },
    ]);
    expect(data([{ line_number: 3, error_message: "?" }], undefined, batch)).toBeUndefined();
  });

  it("is not upset by what is no answer of a store", () => {
    for (const entries of [null, 7, "x", [], [null], [7], {}, [[]], { line_number: {} }])
      expect(data(entries)).toBeUndefined();
    expect(words("")).toBeUndefined();
    expect(
      words('partial write: field type conflict: input field "v" on measurement "m" is type float dropped=2'),
    ).toBeUndefined();
  });

  it("finds quoted lines, the same line twice, too", () => {
    const batch = ["m v=1 1", "bad 2", "m v=3 3", "bad 2"];
    const text = "unable to parse 'bad 2': missing fields\nunable to parse 'bad 2': missing fields";
    const rejected = [
      { index: 1, reason: "missing fields" },
      { index: 3, reason: "missing fields" },
    ];
    expect(words(text, batch)).toEqual({ rejected, restWritten: false });
    expect(words(`partial write: ${text} dropped=0`, batch)).toEqual({ rejected, restWritten: true });
    expect(words(`partial write: ${text} dropped=3`, batch)?.restWritten).toBe(false);
  });

  it("does not take the others for written when one of the quoted lines is unknown", () => {
    const text = "partial write: unable to parse 'm v=2 2': no\nunable to parse 'strange': no dropped=0";
    expect(words(text)).toEqual({ rejected: [{ index: 1, reason: "no" }], restWritten: false });
    expect(words("unable to parse 'strange': no")).toBeUndefined();
  });

  it("names no line for what stands within another's text", () => {
    const evil = `m s="\nunable to parse 'm v=4 4': haha" 1`;
    const batch = [evil, "m v=4 4"];
    expect(words(`unable to parse '${evil}': no`, batch)?.rejected).toEqual([{ index: 0, reason: "no" }]);
  });

  it("reads the lists of QuestDB and of InfluxDB's clouds", () => {
    const quest =
      "failed to parse line protocol:errors encountered on line(s):\nerror in line 2: table: m, column: v; cast error";
    const reason = "table: m, column: v; cast error";
    expect(words(quest)).toEqual({ rejected: [{ index: 1, reason }], restWritten: false });
    const cloud =
      "failed to parse line protocol: errors encountered on line(s): error parsing line 4 (1-based): Invalid measurement was provided";
    expect(words(cloud)?.rejected).toEqual([{ index: 3, reason: "Invalid measurement was provided" }]);
  });

  it("finds in influxd's words just the bad lines, whatever is in them", () => {
    const line = fc.string({ unit: "binary", maxLength: 30 }).map((text) => `m s="${text.replaceAll(/["\\]/g, "")}" 1`);
    const lines = fc.array(fc.record({ line, bad: fc.boolean() }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(lines, (entries) => {
        const batch = entries.map((entry, n) => `${entry.line}${n}`);
        const bad = batch.flatMap((_, index) => (entries[index]?.bad === true ? [index] : []));
        const text = bad.map((index) => `unable to parse '${batch[index]}': some reason`).join("\n");
        expect(words(`partial write: ${text} dropped=0`, batch)?.rejected.map(({ index }) => index) ?? []).toEqual(bad);
      }),
    );
  });
});
