import { describe, expect, it } from "vitest";
import { I2cBus } from "./i2c-bus.ts";

const TEXT = Buffer.from("I2C: Too few bytes received");
const COMPLAINT = [0xf0, 0x71, ...[...TEXT].flatMap((byte) => [byte, 0]), 0xf7];
/** Two bytes of register 5 at address 72: the request, and its answer. */
const REQUEST = Uint8Array.of(0xf0, 0x76, 72, 0x08, 5, 0, 2, 0, 0xf7);
const REPLY = [0xf0, 0x77, 72, 0, 5, 0, 0x19, 0, 0x00, 1, 0xf7];
const WITHOUT_REGISTER = Uint8Array.of(0xf0, 0x76, 73, 0x08, 2, 0, 0xf7);
const CONTINUOUS = Uint8Array.of(0xf0, 0x76, 74, 0x10, 5, 0, 2, 0, 0xf7);

describe("the bus of I2C", () => {
  it("has an answer that is none behind a complaint, and only there", () => {
    const bus = new I2cBus();
    const messages = [REPLY, COMPLAINT, REPLY, REPLY, COMPLAINT, [0xe0, 1, 2], REPLY];
    expect(messages.map((message) => bus.isVoid(message))).toEqual([false, false, true, false, false, false, false]);
  });

  it("has no answer in one that lacks a byte", () => {
    for (let at = 2; at < REPLY.length - 1; at++) expect(new I2cBus().isVoid(REPLY.toSpliced(at, 1))).toBe(true);
  });

  it("asks again, at each look but the next, for what was asked once and not answered", () => {
    const bus = new I2cBus();
    for (const bytes of [REQUEST, WITHOUT_REGISTER, CONTINUOUS]) bus.note(bytes);
    expect([bus.overdue(), bus.overdue()]).toEqual([[], [REQUEST, WITHOUT_REGISTER]]);
    for (const message of [COMPLAINT, REPLY]) bus.isVoid(message);
    expect(bus.overdue()).toEqual([REQUEST, WITHOUT_REGISTER]);
    bus.isVoid(REPLY);
    expect(bus.overdue()).toEqual([WITHOUT_REGISTER]);
    bus.isVoid([0xf0, 0x77, 73, 0, 0, 0, 1, 0, 1, 0, 0xf7]);
    expect(bus.overdue()).toEqual([]);
  });
});
