import { describe, expect, it } from "vitest";
import type { Reading } from "../model/index.ts";
import { SourceDecoder } from "./source.ts";

const MOST_CHANNELS = 131_072;

function readingOf(channel: string): Reading {
  const time = { seconds: 1, nanos: 0 };
  return { input: "grill", channel, payload: Buffer.from("1"), time, offset: 0, attributes: {} };
}

describe("what is known of channels", () => {
  it("is kept ready for 131,072 of them, and asked for again after more", () => {
    const asked = new Map<string, number>();
    const decoder = new SourceDecoder({
      decoder: { decode: () => ({ points: [] }) },
      origin: (channel) => {
        asked.set(channel, (asked.get(channel) ?? 0) + 1);
        return { tags: new Map() };
      },
      tags: new Map(),
      fingerprint: "",
    });
    const decode = (channel: string) => decoder.decode([readingOf(channel)], []);
    for (let channel = 0; channel < MOST_CHANNELS; channel++) decode(String(channel));
    decode("0");
    expect(asked.get("0")).toBe(1);
    decode("one more");
    decode("0");
    expect(asked.get("0")).toBe(2);
  });
});
