import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Journal, type JournalOptions } from "./index.ts";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "fieldline-journal-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const options = (): JournalOptions => ({
  directory: join(directory, "journal"),
  durability: "disk",
  syncWithinMs: 50,
  maxSize: 64 * 1024 * 1024,
  maxAgeMs: 1e9,
  whenFull: "block",
});
const arrival = (number: number) => ({
  channel: `bbq/${number % 3}`,
  payload: Buffer.from(`value ${number}`),
  time: { seconds: 1_790_000_000 + number, nanos: 5 },
});

describe("a journal", () => {
  it("gives back what was appended, also after it was opened again", async () => {
    const journal = await Journal.open(options());
    await journal.mark("start", { seconds: 1, nanos: 2 }, { down: "5s" });
    const arrivals = Array.from({ length: 3000 }, (_, number) => arrival(number));
    expect(await journal.append("grill", arrivals, { senderWaits: true })).toBe(true);
    const check = async (opened: Journal) => {
      expect(opened.end).toBe(3001);
      const entries = [];
      for (let next = 0; next < opened.end;) {
        const block = await opened.read(next, 10_000);
        entries.push(...block.entries);
        next = block.next;
      }
      expect(entries).toHaveLength(3001);
      expect(entries[0]).toMatchObject({
        kind: "start",
        offset: 0,
        time: { seconds: 1, nanos: 2 },
        attributes: { down: "5s" },
      });
      expect(entries[2999]).toMatchObject({ ...arrival(2998), input: "grill", kind: "reading", offset: 2999 });
    };
    await check(journal);
    await journal.close();
    const again = await Journal.open(options());
    expect(again.recovered.damage).toEqual([]);
    expect(again.recovered.records).toBe(3001);
    await check(again);
    await again.append("grill", [arrival(1)], { senderWaits: true });
    expect((await again.read(3001, 100)).entries).toMatchObject([{ ...arrival(1), offset: 3001 }]);
    await again.close();
  });
});
