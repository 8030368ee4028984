import { NO_TAGS, type Origin, type Reading } from "fieldline/plugin";
import { describe, expect, it } from "vitest";
import lineProtocol from "./index.ts";

const ORIGIN: Origin = { tags: NO_TAGS };

function reading(payload: string): Reading {
  const time = { seconds: 1, nanos: 0 };
  return { input: "test", channel: "port", payload: Buffer.from(payload), time, offset: 1 };
}

function decode(payload: string, settings: { measurement?: string; precision?: "ns" | "s" } = {}, origin = ORIGIN) {
  return lineProtocol.create({ precision: "ns", ...settings }).decode(reading(payload), origin);
}

describe("the line_protocol decoder", () => {
  it("keeps types, tags and times", () => {
    const { points, rejected } = decode("bbq,probe=p1 temp=107.25,seq=7i 5\nbbq temp=108", { precision: "s" });
    expect(rejected).toBeUndefined();
    expect(points).toEqual([
      {
        measurement: "bbq",
        tags: new Map([["probe", "p1"]]),
        fields: new Map<string, unknown>([
          ["temp", 107.25],
          ["seq", { type: "integer", value: 7 }],
        ]),
        time: { seconds: 5, nanos: 0 },
      },
      { measurement: "bbq", tags: new Map(), fields: new Map([["temp", 108]]), time: undefined },
    ]);
  });

  it("takes the measurement of the settings before the topic's, and the topic's before the line's", () => {
    const origin = { measurement: "topic", tags: NO_TAGS };
    expect(decode("line f=1", { measurement: "settings" }, origin).points[0]?.measurement).toBe("settings");
    expect(decode("line f=1", {}, origin).points[0]?.measurement).toBe("topic");
    expect(decode("line f=1").points[0]?.measurement).toBe("line");
  });

  it("keeps the good lines and says where the bad ones are", () => {
    const { points, rejected } = decode("a f=1\nb f=x\nc f=3\n");
    expect(points.map(({ measurement }) => measurement)).toEqual(["a", "c"]);
    expect(rejected).toEqual([
      { reason: 'line 2, column 5: the field "f" is no number, boolean or quoted string: "x"' },
    ]);
  });

  it("bounds what it says of a reading full of noise", () => {
    const { rejected } = decode("noise\n".repeat(1000));
    expect(rejected).toHaveLength(101);
    expect(rejected?.at(-1)).toEqual({ reason: "900 more like these" });
  });
});
