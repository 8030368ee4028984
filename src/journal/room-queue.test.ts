import { describe, expect, it } from "vitest";
import { RoomQueue } from "./room-queue.ts";

const MEBIBYTE = 2 ** 20;

describe("who cannot be held back waits for room that is being made", () => {
  it("up to 128 MiB of all together, which one that can be held back does not count for", async () => {
    let room: "soon" | "now" = "soon";
    const queue = new RoomQueue(() => room);
    const append = () => Promise.resolve<true>(true);
    const waiting = [
      queue.enter(100 * MEBIBYTE, false, append),
      queue.enter(100 * MEBIBYTE, true, append),
      queue.enter(28 * MEBIBYTE, false, append),
    ];
    expect(await queue.enter(1, false, append)).toBe(false);
    expect(queue.length).toBe(3);
    room = "now";
    queue.retry();
    expect(await Promise.all(waiting)).toEqual([true, true, true]);
  });
});
