import { describe, expect, it } from "vitest";
import { Pace } from "./pace.ts";

describe("a broker waits", () => {
  it("when half of its window is unacknowledged", () => {
    const pace = new Pace();
    pace.arrived(9, 0);
    expect(pace.senderWaits).toBe(false);
    pace.arrived(1, 0);
    expect(pace.senderWaits).toBe(true);
    pace.acknowledged(1, 1);
    pace.arrived(1, 100);
    expect(pace.senderWaits).toBe(true);
  });

  it("when its window is known and half of that is unacknowledged", () => {
    const pace = new Pace(1000);
    pace.arrived(499, 0);
    expect(pace.senderWaits).toBe(false);
    pace.arrived(1, 0);
    expect(pace.senderWaits).toBe(true);
  });

  it("when acknowledgements brought new messages within ten milliseconds", () => {
    const pace = new Pace();
    pace.arrived(1, 0);
    expect(pace.senderWaits).toBe(false);
    pace.acknowledged(1, 1000);
    pace.arrived(1, 1010);
    expect(pace.senderWaits).toBe(true);
    pace.arrived(1, 1500);
    expect(pace.senderWaits).toBe(true);
  });

  it("not when it has sent more before, as a steady stream does, however soon after acknowledgements", () => {
    const pace = new Pace();
    for (let message = 0; message < 9; message++) pace.arrived(1, message * 10);
    pace.acknowledged(9, 95);
    pace.arrived(1, 100);
    expect(pace.senderWaits).toBe(false);
    for (let message = 0; message < 8; message++) pace.arrived(1, 110 + message * 10);
    expect(pace.senderWaits).toBe(true);
  });

  it("at its acknowledgements, when messages take two steps and so the window is never seen whole", () => {
    const pace = new Pace();
    pace.twoSteps();
    pace.arrived(9, 0);
    pace.acknowledged(9, 95);
    pace.arrived(1, 100);
    expect(pace.senderWaits).toBe(true);
  });

  it("when as many as ever came at its acknowledgements, though it may send more: its own limit is lower", () => {
    const pace = new Pace(200);
    pace.arrived(20, 0);
    expect(pace.senderWaits).toBe(false);
    pace.acknowledged(20, 1000);
    pace.arrived(20, 1005);
    expect(pace.senderWaits).toBe(true);
  });

  it("not when it sends at its own pace", () => {
    const pace = new Pace();
    for (let second = 0; second < 10; second++) {
      pace.arrived(1, second * 1000);
      expect(pace.senderWaits).toBe(false);
      pace.acknowledged(1, second * 1000 + 500);
    }
  });

  it("and its window is full when as much is unacknowledged as ever, or as is known", () => {
    const pace = new Pace();
    pace.arrived(7, 0);
    expect(pace.windowIsFull).toBe(true);
    pace.arrived(13, 0);
    pace.acknowledged(20, 1);
    pace.arrived(19, 2);
    expect(pace.windowIsFull).toBe(false);
    pace.arrived(1, 2);
    expect(pace.windowIsFull).toBe(true);
    const known = new Pace(30);
    known.arrived(20, 0);
    expect(known.windowIsFull).toBe(false);
  });

  it("never when nothing waits for an acknowledgement", () => {
    const pace = new Pace(1);
    pace.arrived(0, 0);
    expect(pace.senderWaits).toBe(false);
  });
});
