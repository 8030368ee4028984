import { expect, it } from "vitest";
import { runHistories } from "../../test/parts/journal-histories.ts";

it("keeps what was acknowledged through power cuts, kills and failing disks, loses to a changed byte one reading, and raises no false alarm", async () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  expect(await runHistories({ seed, steps: 6_000 })).toMatchObject({ steps: expect.any(Number) });
});
