import { describe, expect, it } from "vitest";
import { FailingSensors } from "./failing-sensors.ts";

/** Two sensors of one name, and what the log says of them. */
function watched() {
  const said: string[] = [];
  const note = (_: object, sentence: string) => void said.push(sentence);
  const failing = new FailingSensors(
    [
      { name: "air", kind: "voltage", tags: { room: "a=b" } },
      { name: "left", measurement: "air", kind: "voltage", tags: { room: "a=b" }, field: "left" },
    ],
    { debug: note, info: note, warn: note, error: note },
  );
  const fail = (channel: number, reason: string, nowMs: number) =>
    failing.failed({ kind: "failure", channel, reason }, nowMs);
  const say = (field: string, nowMs: number) => failing.said(Buffer.from(String.raw`air,room=a\=b ${field}=1`), nowMs);
  return { said, fail, say };
}

describe("sensors that fail", () => {
  it("are told apart by their fields, and each change is said once", () => {
    const { said, fail, say } = watched();
    for (const channel of [0, 1, 0]) fail(channel, "open", 0);
    for (const nowMs of [5_000, 6_000]) for (const field of ["left", "volts"]) say(field, nowMs);
    expect(said).toEqual([
      'the sensor "air" has no value: it is cut off: a wire is loose',
      'the sensor "left" has no value: it is cut off: a wire is loose',
      'the sensor "left" has a value again',
      'the sensor "air" has a value again',
    ]);
  });

  it("do not fill the log when a wire is loose", () => {
    const { said, fail, say } = watched();
    for (let nowMs = 0; nowMs < 60_000; nowMs += 30) {
      fail(0, "open", nowMs);
      say("volts", nowMs + 10);
      fail(0, "short", nowMs + 20);
    }
    expect(said.length).toBeLessThan(15);
    say("volts", 66_000);
    expect(said.at(-1)).toBe('the sensor "air" has a value again');
  });
});
