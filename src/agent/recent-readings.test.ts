import { describe, expect, it } from "vitest";
import { FaultyFiles } from "../../test/parts/faulty-files.ts";
import { arrivals, numbersOf, openJournal } from "../../test/parts/journal.ts";
import type { Reading } from "../model/index.ts";
import { recentReadings } from "./recent-readings.ts";

const { signal } = new AbortController();
const numbers = (readings: readonly Reading[]) => numbersOf(readings.map((each) => ({ ...each, kind: "reading" })));
const from = (first: number, count: number) => Array.from({ length: count }, (_, index) => first + index);

describe("the latest readings of an input", () => {
  it("are those that the journal has now, oldest first, at most a thousand, however many others came since", async () => {
    const journal = await openJournal(new FaultyFiles(), { segmentSize: 100_000 });
    await journal.append("grill", arrivals(0, 1_500), { senderWaits: true });
    await journal.append("smoker", arrivals(0, 5_000), { senderWaits: true });
    await journal.append("grill", arrivals(1_500, 3), { senderWaits: true });
    expect(numbers(await recentReadings(journal, "grill", signal))).toEqual(from(503, 1_000));
    expect(await recentReadings(journal, "nobody", signal)).toEqual([]);
    await journal.close();
  });

  it("are bounded in bytes", async () => {
    const journal = await openJournal(new FaultyFiles());
    const size = 1_000_000;
    for (let n = 0; n < 6; n++) await journal.append("grill", arrivals(n, 1, size), { senderWaits: true });
    expect(numbers(await recentReadings(journal, "grill", signal))).toEqual([2, 3, 4, 5]);
    await journal.close();
  });
});
