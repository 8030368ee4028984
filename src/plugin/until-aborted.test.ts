import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { untilAborted } from "./until-aborted.ts";

describe("waiting until aborted", () => {
  it("gives what the promise gives, and lets go of the signal", async () => {
    const { signal } = new AbortController();
    expect(await untilAborted(Promise.resolve(7), signal)).toBe(7);
    await expect(untilAborted(Promise.reject(new Error("no")), signal)).rejects.toThrow("no");
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("ends with the signal's reason, and ignores what the promise does later", async () => {
    const stop = new AbortController();
    const late = Promise.withResolvers<void>();
    const waiting = untilAborted(late.promise, stop.signal);
    stop.abort(new Error("stopped"));
    await expect(waiting).rejects.toThrow("stopped");
    late.reject(new Error("late"));
    await expect(untilAborted(late.promise, stop.signal)).rejects.toThrow("stopped");
  });
});
