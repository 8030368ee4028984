import { expect, it } from "vitest";
import { restartRealJournal } from "./real-restarts.ts";

it("a journal in real files holds what it acknowledged, closed or killed, over forty restarts", async () => {
  const { readings } = await restartRealJournal({ seed: Math.floor(Math.random() * 2 ** 31), restarts: 40 });
  expect(readings).toBeGreaterThan(100);
});
