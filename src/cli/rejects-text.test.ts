import { describe, expect, it } from "vitest";
import { entryLine, readingPage } from "./rejects-text.ts";

const entry = {
  output: "influx",
  id: 3,
  step: "write",
  input: "grill",
  channel: "bbq/\u001b[31m",
  reason: "no\nnumber",
  first: 4,
  last: 9,
  ranges: [
    [4, 4],
    [9, 9],
  ] as const,
  count: 2,
  at: 1_790_000_000_123,
};

describe("an entry of rejects", () => {
  it("is one line, whatever is in it", () => {
    expect(entryLine(entry)).toBe(
      "influx/3  2x  write  grill  bbq/\\x1b[31m  4-9  2026-09-21T14:13:20.123Z  no\\nnumber\n",
    );
  });
});

describe("a reading", () => {
  const reading = { input: "grill", channel: "c", offset: 4, time: { seconds: 1_790_000_000, nanos: 7 } };

  it("has its attributes, its receive time to the nanosecond, and its payload in one line", () => {
    const payload = Buffer.from("21 °C\r\n\u202E");
    expect(readingPage({ ...reading, payload, attributes: { qos: "1" } })).toBe(
      "\nreading: 4\nreceived: 2026-09-21T14:13:20.000000007Z\nattribute qos: 1\npayload: 21 °C\\r\\n\\u{202e}\n",
    );
  });

  it("shows bytes that are no text as bytes", () => {
    expect(readingPage({ ...reading, payload: Buffer.from([0x41, 0xff, 0x00]) })).toContain("payload: A\\xff\\x00\n");
  });
});
