import { expect, it } from "vitest";
import { FailingSensors } from "./failing-sensors.ts";

it("sensors of one name are told apart by their fields, and each change is said once", () => {
  const said: string[] = [];
  const note = (_: object, sentence: string) => void said.push(sentence);
  const failing = new FailingSensors(
    [
      { name: "air", kind: "voltage", tags: { room: "a=b" } },
      { name: "left", measurement: "air", kind: "voltage", tags: { room: "a=b" }, field: "left" },
    ],
    { debug: note, info: note, warn: note, error: note },
  );
  for (const channel of [0, 1, 0]) failing.failed({ kind: "failure", channel, reason: "open" });
  failing.said(Buffer.from(String.raw`air,room=a\=b left=1`));
  failing.said(Buffer.from(String.raw`air,room=a\=b volts=1`));
  failing.said(Buffer.from(String.raw`air,room=a\=b volts=2`));
  expect(said).toEqual([
    'the sensor "air" has no value: it is cut off: a wire is loose',
    'the sensor "left" has no value: it is cut off: a wire is loose',
    'the sensor "left" has a value again',
    'the sensor "air" has a value again',
  ]);
});
