import { describe, expect, it } from "vitest";
import { type Sample, tableOf, trendsOf } from "./verdict.ts";

const MIB = 1024 * 1024;

describe("the soak's verdict", () => {
  const steady = { rss: 150 * MIB, heap: 40 * MIB, external: 12 * MIB, handles: 8, descriptors: 30, files: 6 };
  const samples = (journal: (at: number) => number): Sample[] =>
    Array.from({ length: 90 }, (_, at) => ({ at, ...steady, journal: journal(at) }));

  it("is flat for what goes up and down, and for what rose at the beginning alone", () => {
    for (const journal of [(at: number) => (at % 10) * MIB, (at: number) => Math.min(at, 30) * MIB])
      expect(trendsOf(samples(journal)).filter(({ flat }) => !flat)).toEqual([]);
  });

  it("names what rises to the end", () => {
    const rising = trendsOf(samples((at) => at * MIB)).filter(({ flat }) => !flat);
    expect(rising.map(({ measure }) => measure)).toEqual(["journal"]);
    expect(tableOf(rising).at(-1)).toBe("| journal (MiB) | 15.0 | 45.0 | 75.0 | 89.0 | RISES |");
  });

  it("calls nothing flat that was hardly looked at", () => {
    expect(trendsOf(samples(() => 0).slice(0, 5)).some(({ flat }) => flat)).toBe(false);
  });
});
