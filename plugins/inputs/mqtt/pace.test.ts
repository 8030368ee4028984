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

  it("not when it sends at its own pace", () => {
    const pace = new Pace();
    for (let second = 0; second < 10; second++) {
      pace.arrived(1, second * 1000);
      expect(pace.senderWaits).toBe(false);
      pace.acknowledged(1, second * 1000 + 500);
    }
  });

  it("never when nothing waits for an acknowledgement", () => {
    const pace = new Pace(1);
    pace.arrived(0, 0);
    expect(pace.senderWaits).toBe(false);
  });
});
