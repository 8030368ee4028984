import { appendFile, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Clock } from "../model/index.ts";
import { Journal } from "./journal.ts";
import { StoredJournal } from "./stored-journal.ts";

describe("a stored journal", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "fieldline-stored-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function all(journal: Pick<Journal, "read">, from: number) {
    const found: { offset: number; text: string }[] = [];
    for (let at = from; ;) {
      const { entries, next } = await journal.read(at, 1_000);
      if (entries.length === 0) return found;
      for (const entry of entries)
        if (entry.kind === "reading") found.push({ offset: entry.offset, text: Buffer.from(entry.payload).toString() });
      at = next;
    }
  }

  it("has what the journal had, over its segments, from any offset on, and leaves its files as they are", async () => {
    const clock = new Clock();
    const journal = await Journal.open({
      directory: folder,
      durability: "disk",
      syncWithinMs: 5,
      maxSize: 2 ** 20,
      maxAgeMs: 1e9,
      whenFull: "block",
      segmentSize: 4_096,
    });
    for (let n = 0; n < 100; n++) {
      await journal.append("in", [{ channel: "c", payload: Buffer.from(`${n} `.repeat(50)), time: clock.take(1) }]);
    }
    const written = await all(journal, 0);
    await journal.close();
    expect(written).toHaveLength(100);
    const segments = (await readdir(folder)).toSorted();
    expect(segments.length).toBeGreaterThan(2);
    const last = join(folder, segments.at(-1) ?? "");
    await appendFile(last, "a torn end");
    const { size } = await stat(last);
    const stored = await StoredJournal.open(folder);
    expect(await all(stored, 0)).toEqual(written);
    expect(await all(stored, 57)).toEqual(written.filter(({ offset }) => offset >= 57));
    expect(await all(stored, 1_000)).toEqual([]);
    expect((await stat(last)).size).toBe(size);
  });

  it("is empty where there is none", async () => {
    expect(await all(await StoredJournal.open(join(folder, "none")), 0)).toEqual([]);
  });
});
