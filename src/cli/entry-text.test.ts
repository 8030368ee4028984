import { describe, expect, it } from "vitest";
import { entryJson, entryLine, payloadLine } from "./entry-text.ts";

const time = { seconds: 1_790_000_000, nanos: 7 };
const reading = (payload: Uint8Array | string) =>
  ({ kind: "reading", offset: 4, time, input: "grill", channel: "a\u001b", payload: Buffer.from(payload) }) as const;
const HEAD = "4  2026-09-21T14:13:20.000000007Z  grill  a\\x1b  ";

describe("an entry of the journal as a line", () => {
  it("shows text escaped, and bytes that are no text in hexadecimal", () => {
    expect(entryLine(reading("21 °C\r\n"))).toBe(`${HEAD}21 °C\\r\\n\n`);
    expect(entryLine(reading(Buffer.from([0xff, 0])))).toBe(`${HEAD}0xff00\n`);
    expect(entryLine(reading(""))).toBe(`${HEAD}-\n`);
  });

  it("shows the beginning of what is long, and how long it is", () => {
    expect(entryLine(reading("é".repeat(200)))).toBe(`${HEAD}${"é".repeat(160)}… (400 bytes)\n`);
    expect(entryLine(reading(Buffer.alloc(50, 0xff)))).toBe(`${HEAD}0x${"ff".repeat(48)}… (50 bytes)\n`);
  });

  it("names a mark and what it says", () => {
    const mark = { kind: "stop", offset: 9, time, attributes: { reason: "a\nb" } } as const;
    expect(entryLine(mark)).toBe("9  2026-09-21T14:13:20.000000007Z  (stop)  reason=a\\nb\n");
    expect(JSON.parse(entryJson(mark))).toEqual({
      offset: 9,
      time: "2026-09-21T14:13:20.000000007Z",
      mark: "stop",
      attributes: { reason: "a\nb" },
    });
  });

  it.each([
    ["text", Buffer.from("\uFEFF21 °C\r\n"), "payload"],
    ["no text", Buffer.from([0x41, 0xff]), "payload_base64"],
  ] as const)("keeps every byte in JSON of a payload that is %s", (_what, payload, key) => {
    const line = JSON.parse(entryJson(reading(payload))) as Record<string, string>;
    const back = Buffer.from(line[key] ?? "", key === "payload" ? "utf8" : "base64");
    expect(back).toEqual(payload);
    expect(line).toMatchObject({ offset: 4, input: "grill", channel: "a\u001b" });
  });

  it("ends a payload in one line feed", () => {
    expect(Buffer.from(payloadLine(Buffer.from("a"))).toString()).toBe("a\n");
    expect(Buffer.from(payloadLine(Buffer.from("a\n"))).toString()).toBe("a\n");
  });
});
