import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { compilePredicate, type FieldValue, type Point } from "./index.ts";

const POINT: Point = {
  measurement: "bbq",
  tags: new Map([["room", "patio"]]),
  fields: new Map<string, FieldValue>([
    ["temp", 21.5],
    ["whole", 5],
    ["count", { type: "integer", value: 7 }],
    ["total", { type: "unsigned", value: 2n ** 64n - 1n }],
    ["state", "on"],
    ["ok", true],
  ]),
  time: { seconds: 1_790_000_000, nanos: 0 },
  offset: 0,
};

describe("a predicate", () => {
  it.each([
    ["fields.temp > 5", true],
    ["fields.temp > 5.5", true],
    ["fields.count > 5", true],
    ["fields.count > 7.5", false],
    ["fields.count == 7 && fields.count == 7.0", true],
    ["fields.whole == 5 && fields.whole in [5]", true],
    ["fields.temp * 2 == 43.0 && 2 * fields.temp == 43.0", true],
    ["fields.count / 2.0 == 3.5 && 1 + 1.5 > 2", true],
    ["fields.count - fields.temp < 0", true],
    ["fields.total == 18446744073709551615u || fields.total > 1e18", true],
    ["fields.state == 'on' && fields.ok", true],
    ["fields.ok", true],
    ["measurement == 'bbq' && measurement.startsWith('b')", true],
    ["tags.room == 'patio'", true],
    ["tags['room'] in ['cellar', 'attic']", false],
    ["has(tags.floor)", false],
    ["'floor' in tags && tags.floor == '1'", false],
    ["tags.floor == '1' || true", true],
    ["time > timestamp('2026-01-01T00:00:00Z')", true],
    ["time.getHours() == 14", true],
  ])("%s is %s", (source, expected) => {
    expect(compilePredicate(source).test(POINT)).toBe(expected);
  });

  it.each(["tags.floor == '1'", "fields.nothing > 5", "fields.state > 5", "fields.temp", "fields.state + 1 > 2"])(
    "%s cannot be evaluated",
    (source) => {
      expect(compilePredicate(source).test(POINT)).toBeUndefined();
    },
  );

  it.each([
    ["fields.temp >", /Unexpected token: EOF \(line 1, column 14 of the expression\)/],
    ["true &&\n  measurment == 'x'", /measurment; known: measurement, tags, fields, time \(line 2, column 3 /],
    ["tags.room == 5", /string == int \(line 1, column 1 /],
    ["'abc", /Unterminated string/],
    ["measurement", /gives string, not true or false/],
    ["", /line 1, column 1/],
    ["measurement.matches(5)", /column 1 /],
  ])("refuses %j, saying why and where", (source, message) => {
    expect(() => compilePredicate(source)).toThrow(message);
  });

  it("loads CEL only when one is compiled", () => {
    const script = `
      const { compilePredicate } = await import(${JSON.stringify(new URL("index.ts", import.meta.url).href)});
      const loaded = () => process.memoryUsage && Object.keys(require.cache).some((path) => path.includes("cel-js"));
      const { createRequire } = await import("node:module");
      const require = createRequire(import.meta.url);
      const before = loaded();
      compilePredicate("true");
      console.log(JSON.stringify([before, loaded()]));`;
    const printed = execFileSync(process.execPath, ["--input-type=module", "--no-warnings", "-e", script], {
      encoding: "utf8",
    });
    expect(JSON.parse(printed)).toEqual([false, true]);
  });
});
