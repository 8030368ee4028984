import { describe, expect, it } from "vitest";
import { Closing } from "./closing.ts";

describe("closing", () => {
  it("closes the last opened first, also after one that fails or hangs, and throws the first failure", async () => {
    const closed: string[] = [];
    const closing = new Closing(20);
    const add = (name: string, end: () => Promise<void>) =>
      closing.add(async () => {
        closed.push(name);
        await end();
      });
    add("journal", () => Promise.resolve());
    add("page", () => Promise.reject(new Error("page")));
    add("output", () => new Promise(() => {}));
    await expect(closing.close()).rejects.toThrow("did not close within 0.02 s");
    expect(closed).toEqual(["output", "page", "journal"]);
    await closing.close();
    expect(closed).toHaveLength(3);
  });
});
