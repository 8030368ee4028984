import { describe, expect, it } from "vitest";
import { parsePattern } from "./pattern.ts";

function match(pattern: string, topic: string) {
  const found = parsePattern(pattern).match(topic);
  if (found === undefined) return undefined;
  const { tags, ...special } = found;
  return { ...special, ...Object.fromEntries(tags) };
}

describe("a topic pattern", () => {
  it("captures levels, parts of levels and all that is left", () => {
    expect(match("bbq/{grill}/{field}", "bbq/left/temp")).toEqual({ grill: "left", field: "temp" });
    expect(match("home/sensor-{id}/x", "home/sensor-7/x")).toEqual({ id: "7" });
    expect(match("{a}-{b}/x", "1-2-3/x")).toEqual({ a: "1", b: "2-3" });
    expect(match("a/{rest...}", "a/b/c/d")).toEqual({ rest: "b/c/d" });
    expect(match("{measurement}/{field}", "m/f")).toEqual({ measurement: "m", field: "f" });
  });

  it("matches + and # as MQTT does", () => {
    expect(match("a/+/c", "a/b/c")).toEqual({});
    expect(match("a/+/c", "a//c")).toEqual({});
    expect(match("a/+", "a/b/c")).toBeUndefined();
    expect(match("a/#", "a")).toEqual({});
    expect(match("a/#", "a/b/c")).toEqual({});
    expect(match("a/#", "ab")).toBeUndefined();
    expect(match("+/#", "a")).toEqual({});
    expect(match("#", "a/b")).toEqual({});
    expect(match("#", "$SYS/x")).toBeUndefined();
    expect(match("+/x", "$SYS/x")).toBeUndefined();
    expect(match("$SYS/#", "$SYS/x")).toEqual({});
  });

  it("leaves out captures that are empty", () => {
    expect(match("a/{rest...}", "a")).toEqual({});
    expect(match("a/{x}/b", "a//b")).toEqual({});
  });

  it("asks the broker for the narrowest filter there is", () => {
    expect(parsePattern("bbq/{grill}/sensor-{id}/temp").filter).toBe("bbq/+/+/temp");
    expect(parsePattern("a/{rest...}").filter).toBe("a/#");
    const shared = parsePattern("$share/g/a/{x}");
    expect(shared.subscription).toBe("$share/g/a/+");
    expect(shared.filter).toBe("a/+");
    expect(shared.match("a/1")?.tags.get("x")).toBe("1");
  });

  it("takes every other character literally", () => {
    expect(match("a.b/(c)/$d/{x}", "a.b/(c)/$d/1")).toEqual({ x: "1" });
    expect(match("a.b", "axb")).toBeUndefined();
    expect(match("größe/{x}", "größe/\n")).toEqual({ x: "\n" });
  });

  it.each([
    ["", "cannot be empty"],
    ["a/#/b", "# stands alone and last"],
    ["a/b#", "# stands alone and last"],
    ["a/b+", "+ takes a whole level"],
    ["a/{x", "a brace is left open"],
    ["a/x}", "a brace is left open"],
    ["a/{}", "is no capture"],
    ["a/{x y}", "is no capture"],
    ["{x...}/a", "stands alone and last"],
    ["a/b{x...}", "stands alone and last"],
    ["{x}/{x}", "stands twice"],
    ["$share/g", "no shared subscription"],
    ["$share/+/a", "no shared subscription"],
    ["a\0b", "NUL"],
  ])("refuses %j", (text, reason) => {
    expect(() => parsePattern(text)).toThrow(reason);
  });
});
