import { describe, expect, it } from "vitest";
import type { Tags } from "../model/index.ts";
import { TagLayer } from "./tag-layer.ts";

const tags = (...entries: [string, string][]): Tags => new Map(entries);

describe("tags beneath those of points", () => {
  const layer = new TagLayer(tags(["site", "north"], ["probe", "none"]));

  it("lose against these, and the same ones above give the same map again", () => {
    const above = tags(["probe", "p1"]);
    const both = layer.under(above);
    expect(both).toEqual(tags(["site", "north"], ["probe", "p1"]));
    expect(layer.under(above)).toBe(both);
    expect(layer.under(tags(["probe", "p2"]))).toEqual(tags(["site", "north"], ["probe", "p2"]));
  });

  it("are not held under long ones, of which a sender may make up others for each point", () => {
    const above = tags(["probe", "x".repeat(10_000)]);
    expect(layer.under(above)).toEqual(tags(["site", "north"], ["probe", "x".repeat(10_000)]));
    expect(layer.under(above)).not.toBe(layer.under(above));
  });
});
