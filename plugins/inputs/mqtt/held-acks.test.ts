import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { HeldAcks, PUBACK, PUBCOMP, PUBREC } from "./held-acks.ts";

it("acknowledgements leave in the order of arrival, those that may leave together in one write", async () => {
  const writes: [string, number][] = [];
  const acks = new HeldAcks((bytes, { length }) => writes.push([bytes.toString("hex"), length]));
  const first = acks.hold([{ type: PUBACK, packetId: 1 }]);
  const second = acks.hold([
    { type: PUBREC, packetId: 0x0203 },
    { type: PUBCOMP, packetId: 65_535 },
  ]);
  const third = acks.hold([{ type: PUBACK, packetId: 3 }]);
  second();
  await turn();
  expect(writes).toEqual([]);
  first();
  await turn();
  expect(writes).toEqual([["40020001500202037002ffff", 3]]);
  acks.hold([])();
  third();
  await turn();
  expect(writes.slice(1)).toEqual([["40020003", 1]]);
});
