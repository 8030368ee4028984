import { describe, expect, it } from "vitest";
import type { Arrival } from "../model/index.ts";
import { Thinner } from "./thinner.ts";

const arrival = (channel: string): Arrival => ({
  channel,
  payload: Buffer.alloc(0),
  time: { seconds: 0, nanos: 0 },
});

describe("thinner", () => {
  const { signal } = new AbortController();

  it("lets the first and the last reading of a channel through in a period, and no other", async () => {
    const thinner = new Thinner(50);
    const fates = [1, 2, 3, 4].map(async () => thinner.take(arrival("a"), signal));
    expect(await Promise.all(fates)).toEqual(["due", "left", "left", "due"]);
    expect(thinner.take(arrival("a"), signal)).toBeInstanceOf(Promise);
  });

  it("does not mix channels", () => {
    const thinner = new Thinner(10_000);
    expect(["a", "b"].map((channel) => thinner.take(arrival(channel), signal))).toEqual(["due", "due"]);
  });

  it("passes on what it holds when it is stopped, and when it is told to", async () => {
    const thinner = new Thinner(60_000);
    const stop = new AbortController();
    expect(thinner.take(arrival("a"), stop.signal)).toBe("due");
    const flushed = thinner.take(arrival("a"), stop.signal);
    thinner.flush();
    expect(await flushed).toBe("due");
    const stopped = thinner.take(arrival("a"), stop.signal);
    stop.abort();
    expect(await stopped).toBe("due");
  });
});
