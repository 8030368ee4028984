import { expect, it } from "vitest";
import { restartRealJournal } from "./real-restarts.ts";

it("a journal in real files holds what it acknowledged, closed or killed, over many restarts", async () => {
  const { readings } = await restartRealJournal({ seed: Math.floor(Math.random() * 2 ** 31), restarts: 20 });
  expect(readings).toBeGreaterThan(50);
});
