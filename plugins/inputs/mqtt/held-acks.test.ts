import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { Acks, packetIdsOf, PUBACK, PUBCOMP, PUBREC } from "./acks.ts";
import { HeldAcks } from "./held-acks.ts";

function acksOf(...list: Parameters<Acks["add"]>[]): Acks {
  const acks = new Acks();
  for (const [type, packetId] of list) acks.add(type, packetId);
  return acks;
}

it("acknowledgements leave in the order of arrival, those that may leave together in one write", async () => {
  const writes: string[] = [];
  const acks = new HeldAcks((bytes) => writes.push(bytes.toString("hex")));
  const first = acks.hold(acksOf([PUBACK, 1]));
  const second = acks.hold(acksOf([PUBREC, 0x0203], [PUBCOMP, 65_535]));
  const third = acks.hold(acksOf([PUBACK, 3]));
  second();
  await turn();
  expect(writes).toEqual([]);
  first();
  await turn();
  expect(writes).toEqual(["40020001500202037002ffff"]);
  acks.hold(acksOf())();
  third();
  await turn();
  expect(writes.slice(1)).toEqual(["40020003"]);
});

it("any number of acknowledgements are packets, one after the other", () => {
  const ids = Array.from({ length: 1000 }, (_, index) => 65_535 - 60 * index);
  const acks = acksOf(...ids.map((id): [typeof PUBACK, number] => [PUBACK, id]));
  expect(acks.count).toBe(1000);
  expect(acks.bytes.length).toBe(4000);
  expect([...packetIdsOf(acks.bytes)]).toEqual(ids);
});
