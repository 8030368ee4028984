import { describe, expect, it } from "vitest";
import { pushed } from "./pushed.ts";

describe("lines that work tells", () => {
  it("come while it goes on, and all of them before its end", async () => {
    const next = Promise.withResolvers<void>();
    const lines = pushed<number>(async (push) => {
      push(1);
      push(2);
      await next.promise;
      push(3);
    });
    expect([(await lines.next()).value, (await lines.next()).value]).toEqual([1, 2]);
    next.resolve();
    expect(await lines.next()).toEqual({ done: false, value: 3 });
    expect((await lines.next()).done).toBe(true);
  });

  it("come before its error", async () => {
    const lines = pushed<number>(async (push) => {
      await Promise.resolve();
      push(1);
      throw new Error("the disk is gone");
    });
    expect((await lines.next()).value).toBe(1);
    await expect(lines.next()).rejects.toThrow("the disk is gone");
  });
});
