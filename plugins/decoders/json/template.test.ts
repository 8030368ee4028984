import { describe, expect, it } from "vitest";
import { ScalarReader } from "./scalar-reader.ts";
import type { Selection } from "./selection.ts";
import { TagSets } from "./tag-sets.ts";
import { Templates } from "./template.ts";

const EVERYTHING = {
  measurement: undefined,
  each: undefined,
  tags: new Map(),
  fields: undefined,
  leftOut: new Map(),
  types: new Map(),
  time: undefined,
} satisfies Selection;

function templates(): Templates {
  return new Templates(EVERYTHING, new ScalarReader());
}

function document(fields: number, prefix: string): Buffer {
  return Buffer.from(
    JSON.stringify(Object.fromEntries(Array.from({ length: fields }, (_, field) => [`${prefix}${field}`, field]))),
  );
}

describe("the templates of documents", () => {
  it("are kept while they are small, and not those that would take much memory", () => {
    const known = templates();
    known.learn(document(10, "small"));
    expect(known.find(document(10, "small"))).toBeDefined();
    known.learn(document(10_000, "large"));
    expect(known.find(document(10_000, "large"))).toBeUndefined();
    expect(known.find(document(10, "small"))).toBeDefined();
  });

  it("take so much memory in all that the oldest make room", () => {
    const known = templates();
    for (let kind = 0; kind < 100; kind++) known.learn(document(1_000, `kind${kind}_`));
    const kept = Array.from({ length: 100 }, (_, kind) => known.find(document(1_000, `kind${kind}_`)) !== undefined);
    expect(kept[99]).toBe(true);
    expect(kept[0]).toBe(false);
    expect(kept.filter(Boolean).length).toBeLessThan(50);
  });
});

describe("the tags of points", () => {
  const tags = [{ name: "probe", slot: 0 }];

  it("are the same map for the same values, but for long ones, which are not held", () => {
    const sets = new TagSets();
    expect(sets.of(tags, ["p1"])).toBe(sets.of(tags, ["p1"]));
    const long = "x".repeat(10_000);
    expect(sets.of(tags, [long])).toEqual(new Map([["probe", long]]));
    expect(sets.of(tags, [long])).not.toBe(sets.of(tags, [long]));
  });
});
