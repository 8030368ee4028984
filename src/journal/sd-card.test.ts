import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { FaultyFiles } from "../../test/parts/faulty-files.ts";
import { arrivals, openJournal } from "../../test/parts/journal.ts";

const PAGE = readFileSync(new URL("../../docs/sd-cards.md", import.meta.url), "utf8");
const SENSORS = 10;
const SECONDS = 2_000;

// Each second of ten sensors goes with one sync, as it does by sync_interval; the test does not wait for it.
it.each([20, 100, 500])(
  "a card gets the bytes and syncs that the page on SD cards says, for %i bytes",
  async (size) => {
    const journal = await openJournal(new FaultyFiles());
    const before = journal.stats;
    for (let second = 0; second < SECONDS; second++) {
      const readings = arrivals(second * SENSORS, SENSORS, size).map((arrival) => journal.append("grill", [arrival]));
      await journal.sync();
      await Promise.all(readings);
    }
    const { syncs, writtenBytes, appendedBytes, segments } = journal.stats;
    // Ending a segment and beginning the next costs a sync of its own.
    expect(syncs - before.syncs).toBeLessThanOrEqual(SECONDS + segments);
    expect(syncs - before.syncs).toBeGreaterThanOrEqual(SECONDS);
    const amplification = writtenBytes / appendedBytes;
    expect(new RegExp(`\\b${size} bytes +\\| ([0-9.]+)`).exec(PAGE)?.[1]).toBe(amplification.toFixed(2));
    await journal.close();
  },
);

it("readings that come within one sync_interval go with one sync", async () => {
  const journal = await openJournal(new FaultyFiles(), { syncWithinMs: 200 });
  const before = journal.stats.syncs;
  await Promise.all(Array.from({ length: SENSORS }, (_, each) => journal.append("grill", arrivals(each, 1))));
  expect(journal.stats.syncs - before).toBe(1);
  await journal.close();
});
