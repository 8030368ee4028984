import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Clock } from "../model/index.ts";
import { Journal } from "./journal.ts";
import { repairJournal } from "./repair.ts";
import { StoredJournal } from "./stored-journal.ts";

/** The names of the segment files, in order. */
async function segmentsIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith(".segment")).toSorted();
}

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
    const segments = await segmentsIn(folder);
    expect(segments.length).toBeGreaterThan(2);
    const last = join(folder, segments.at(-1) ?? "");
    await appendFile(last, "a torn end");
    const { size } = await stat(last);
    const stored = await StoredJournal.open(folder);
    expect(await all(stored, 0)).toEqual(written);
    expect(await all(stored, 57)).toEqual(written.filter(({ offset }) => offset >= 57));
    expect(await all(stored, 1_000)).toEqual([]);
    expect(await stored.countReadings()).toEqual({ in: 100 });
    expect((await stat(last)).size).toBe(size);
  });

  it("sees what is added, while a write is still cut off at its end, and what has gone", async () => {
    const clock = new Clock();
    const options = { directory: folder, durability: "disk", syncWithinMs: 5, maxSize: 2 ** 20, maxAgeMs: 0 } as const;
    const journal = await Journal.open({ ...options, whenFull: "block", segmentSize: 4_096 });
    const append = (text: string) =>
      journal.append("in", [{ channel: "c", payload: Buffer.from(text), time: clock.take(1) }]);
    const stored = await StoredJournal.open(folder);
    expect(stored.end).toBe(0);
    const waiting = stored.wait(0, AbortSignal.timeout(20_000));
    await append("first");
    await waiting;
    expect(await all(stored, 0)).toEqual([{ offset: 0, text: "first" }]);

    // As a write that is under way: whole later on.
    const [segment = ""] = await segmentsIn(folder);
    const path = join(folder, segment);
    const before = await readFile(path);
    await append("second");
    const after = await readFile(path);
    await writeFile(path, after.subarray(0, after.length - 3));
    await stored.refresh();
    expect(stored.end).toBe(1);
    await writeFile(path, after);
    await stored.refresh();
    expect(stored.end).toBe(2);
    expect(await all(stored, 1)).toEqual([{ offset: 1, text: "second" }]);
    expect(after.length).toBeGreaterThan(before.length);

    for (let n = 0; n < 40; n++) await append(`${n} `.repeat(100));
    await stored.refresh();
    expect(stored.end).toBe(42);
    expect(stored.starts.length).toBeGreaterThan(2);
    expect(await all(stored, 0)).toEqual(await all(journal, 0));
    journal.setDelivered(40, 40);
    await journal.close();
    expect((await segmentsIn(folder)).length).toBeLessThan(stored.starts.length);
    const left = await all(stored, 0);
    expect(left[0]?.offset).toBe(stored.begin);
    expect(stored.begin).toBeGreaterThan(0);
    expect(left.at(-1)?.offset).toBe(41);
  });

  it("reads what a repair has written, and no copy of a segment", async () => {
    const options = {
      directory: folder,
      durability: "disk",
      syncWithinMs: 5,
      maxSize: 2 ** 20,
      maxAgeMs: 1e12,
    } as const;
    const journal = await Journal.open({ ...options, whenFull: "block", segmentSize: 4_096 });
    for (let n = 0; n < 60; n++)
      await journal.append("in", [
        { channel: "c", payload: Buffer.from(`${n} `.repeat(60)), time: { seconds: n, nanos: 0 } },
      ]);
    const written = await all(journal, 0);
    await journal.close();
    const [first = "", second = ""] = await segmentsIn(folder);
    const bytes = await readFile(join(folder, first));
    await writeFile(join(folder, first), bytes.fill(0, 300, 301));
    await repairJournal(folder, { signal: AbortSignal.timeout(20_000), onRepaired: () => undefined });
    await writeFile(join(folder, second.replace(/\d\./, "9.")), bytes);
    const losses: unknown[] = [];
    const stored = await StoredJournal.open(folder, (loss) => losses.push(loss));
    expect(await all(stored, 0)).toEqual(written.filter(({ offset }) => offset !== 1));
    expect(losses).toEqual([]);
  });

  it("ends waiting when it is told to", async () => {
    const stored = await StoredJournal.open(join(folder, "none"));
    await expect(stored.wait(0, AbortSignal.timeout(1))).rejects.toThrow("aborted");
  });

  it("is empty where there is none", async () => {
    expect(await all(await StoredJournal.open(join(folder, "none")), 0)).toEqual([]);
  });
});
