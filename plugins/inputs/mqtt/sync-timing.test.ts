import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { Pace } from "./pace.ts";
import { SyncTiming } from "./sync-timing.ts";

/** A broker's connection, and how often a sync was asked for without a message. */
function connection(window?: number) {
  const pace = new Pace(window);
  const asked = { times: 0 };
  const timing = new SyncTiming(pace, () => (asked.times += 1));
  return {
    asked,
    arrived: (messages: number) => {
      pace.arrived(messages, performance.now());
      return timing.arrived(performance.now());
    },
    acknowledged: (messages: number) => {
      pace.acknowledged(messages, performance.now());
      timing.acknowledged(performance.now());
    },
  };
}

async function untilAsked(asked: { times: number }, times: number): Promise<void> {
  while (asked.times < times) await sleep(1);
}

describe("a sync for a broker that waits", () => {
  it("is at once when the window has come, as large as it has ever been", () => {
    const { arrived, acknowledged } = connection();
    expect([arrived(9), arrived(1)]).toEqual([false, true]);
    // The sync is under way: another one would be for a part of the window.
    expect(arrived(10)).toBe(false);
    acknowledged(10);
    expect([arrived(4), arrived(5), arrived(1)]).toEqual([false, false, true]);
  });

  it("is at once when the window is known and full", () => {
    const { arrived, acknowledged } = connection(5);
    expect([arrived(2), arrived(2), arrived(1)]).toEqual([false, false, true]);
    acknowledged(5);
    expect([arrived(4), arrived(1)]).toEqual([false, true]);
  });

  it("is put off no longer than the broker sends on", async () => {
    const { asked, arrived, acknowledged } = connection();
    expect(arrived(20)).toBe(true);
    acknowledged(20);
    expect(arrived(12)).toBe(false);
    await untilAsked(asked, 1);
    expect(arrived(1)).toBe(false);
    // The broker does not wait: it has sent more before.
    acknowledged(12);
    expect(arrived(0)).toBe(false);
    await sleep(20);
    expect(asked.times).toBe(1);
  });

  it("is put off a few milliseconds at most while messages come", async () => {
    const { asked, arrived, acknowledged } = connection();
    expect(arrived(5_000)).toBe(true);
    acknowledged(5_000);
    for (let messages = 0; messages < 4_000 && asked.times === 0; messages++) {
      arrived(1);
      await sleep(0);
    }
    expect(asked.times).toBe(1);
  });

  it("is not asked for while the broker sends at its own pace", async () => {
    const { asked, arrived, acknowledged } = connection();
    expect(arrived(1)).toBe(false);
    await sleep(20);
    acknowledged(1);
    await sleep(20);
    expect(arrived(1)).toBe(false);
    await sleep(20);
    expect(asked.times).toBe(0);
  });
});
