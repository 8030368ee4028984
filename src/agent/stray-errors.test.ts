import { describe, expect, it } from "vitest";
import { isOwn } from "./stray-errors.ts";

/** An error as V8 tells of one that came through these modules. */
function thrownIn(...places: readonly string[]): Error {
  const error = new Error("broken");
  error.stack = ["Error: broken", ...places.map((place) => `    at name (${place}:1:2)`)].join("\n");
  return error;
}

const own = (path: string) => new URL(`../${path}`, import.meta.url).href;

describe("an error that nobody caught", () => {
  it("is this program's fault when nobody else's code was on the way", () => {
    expect(isOwn(thrownIn(own("journal/flush.ts"), "node:internal/timers"))).toBe(true);
    expect(isOwn(thrownIn(new URL(own("journal/flush.ts")).pathname))).toBe(true);
  });

  it.each([
    ["a plugin's timer", thrownIn("file:///home/user/sensor.js", "node:internal/timers")],
    ["a plugin that was called", thrownIn(own("agent/running-input.ts"), "file:///home/user/sensor.js")],
    ["a plugin of this program", thrownIn(own("../plugins/inputs/mqtt/run.ts"))],
    ["a package", thrownIn("/usr/lib/node_modules/fieldline/node_modules/mqtt/index.js")],
    ["the SDK, on behalf of a plugin", thrownIn(own("plugin/emit-window.ts"))],
    ["a socket that nobody listens to", thrownIn("node:internal/stream_base_commons")],
    ["no error at all", "text"],
  ])("is not when it came from %s", (_, error) => {
    expect(isOwn(error)).toBe(false);
  });
});
