import { expect, it } from "vitest";
import { Deliveries } from "./deliveries.ts";
import { fingerprint } from "./fingerprint.ts";
import { fingerprintOf } from "./topics.ts";

const time = { seconds: 1_790_000_000, nanos: 5 };
const payload = Buffer.from("21.5");
const of = (topic: string, text: string) => fingerprint(Buffer.from(text), fingerprintOf(topic));
const message = of("a/b", "21.5");

it("a message sent again is known by packet id, topic and payload", () => {
  const deliveries = new Deliveries();
  for (const packetId of [1, 300, 65_535]) {
    expect(deliveries.find(packetId, message)).toBeUndefined();
    deliveries.remember(packetId, message, time);
    expect(deliveries.find(packetId, message)).toEqual(time);
    expect(deliveries.find(packetId, of("a/c", "21.5"))).toBeUndefined();
    expect(deliveries.find(packetId, of("a/b", "21.6"))).toBeUndefined();
    expect(deliveries.find(packetId - 1, message)).toBeUndefined();
  }
  deliveries.clear();
  expect(deliveries.find(300, message)).toBeUndefined();
});

it("a message is forgotten once its acknowledgement has surely reached the broker, which may use its packet id anew", () => {
  const deliveries = new Deliveries();
  for (const packetId of [1, 2, 3]) deliveries.remember(packetId, message, time);
  deliveries.acknowledged(1, 1_000);
  deliveries.acknowledged(2, 2_000);
  deliveries.forgetAcknowledged(1_500);
  expect([1, 2, 3].map((packetId) => deliveries.find(packetId, message))).toEqual([undefined, time, time]);
});

it("what the journal holds is learned, the latest of each packet id", () => {
  const deliveries = new Deliveries();
  const reading = { input: "x", channel: "a/b", payload, time, offset: 1 };
  const later = { ...time, nanos: 9 };
  deliveries.learn([
    { ...reading, attributes: { packet_id: "7", qos: "1" } },
    { ...reading, time: later, attributes: { packet_id: "7", qos: "1" } },
    { ...reading, attributes: undefined },
    { ...reading, attributes: { packet_id: "70000" } },
  ]);
  expect(deliveries.find(7, message)).toEqual(later);
});
