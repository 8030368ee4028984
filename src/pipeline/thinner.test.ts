import { describe, expect, it } from "vitest";
import type { Arrival } from "../model/index.ts";
import { Thinner } from "./thinner.ts";

const arrival = (channel: string, payload: string): Arrival => ({
  channel,
  payload: Buffer.from(payload),
  time: { seconds: 0, nanos: 0 },
});
const texts = (arrivals: readonly Arrival[]) => arrivals.map(({ payload }) => Buffer.from(payload).toString());

describe("thinner", () => {
  it("lets the first and the last reading of a channel through in a period, and counts the others", async () => {
    const thinner = new Thinner(50);
    const { signal } = new AbortController();
    const passed = await Promise.all(["1", "2", "3", "4"].map((text) => thinner.pass([arrival("a", text)], signal)));
    expect(passed.flatMap(({ kept }) => texts(kept))).toEqual(["1", "4"]);
    expect(passed.map(({ left }) => left)).toEqual([0, 1, 1, 0]);
  });

  it("does not mix channels", async () => {
    const thinner = new Thinner(10_000);
    const { kept } = await thinner.pass([arrival("a", "1"), arrival("b", "2")], new AbortController().signal);
    expect(texts(kept)).toEqual(["1", "2"]);
  });

  it("passes on what it holds when it is stopped", async () => {
    const thinner = new Thinner(60_000);
    const stop = new AbortController();
    await thinner.pass([arrival("a", "1")], stop.signal);
    const held = thinner.pass([arrival("a", "2")], stop.signal);
    stop.abort();
    expect(texts((await held).kept)).toEqual(["2"]);
  });
});
