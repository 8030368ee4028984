import { describe, expect, it } from "vitest";
import { Metrics } from "./metrics.ts";

describe("metrics", () => {
  it("shows each family once, with its series, and escapes labels", () => {
    const metrics = new Metrics();
    const one = metrics.counter("fieldline_x_total", "Things.", { input: 'a"b\\c\nd' });
    one.add();
    metrics.counter("fieldline_x_total", "Things.", { input: 'a"b\\c\nd' }).add(2);
    metrics.counter("fieldline_x_total", "Things.", { input: "other" });
    metrics.gauge("fieldline_y", "A size.", () => 7);
    metrics.counted("fieldline_z_total", "Counted elsewhere.", () => 8);
    expect(metrics.render()).toBe(`# HELP fieldline_x_total Things.
# TYPE fieldline_x_total counter
fieldline_x_total{input="a\\"b\\\\c\\nd"} 3
fieldline_x_total{input="other"} 0
# HELP fieldline_y A size.
# TYPE fieldline_y gauge
fieldline_y 7
# HELP fieldline_z_total Counted elsewhere.
# TYPE fieldline_z_total counter
fieldline_z_total 8
`);
  });

  it("forgets what a part counted that left, and begins anew when it comes back", () => {
    const metrics = new Metrics();
    for (const input of ["a", "ab"]) metrics.counter("fieldline_x_total", "Things.", { input, reason: "full" }).add();
    metrics.gauge("fieldline_y", "A size.", () => 7, { input: "a" });
    metrics.remove("input", "a");
    expect(metrics.render().match(/^fieldline.*/gm)).toEqual(['fieldline_x_total{input="ab",reason="full"} 1']);
    expect(metrics.counter("fieldline_x_total", "Things.", { input: "a", reason: "full" }).value).toBe(0);
  });
});
