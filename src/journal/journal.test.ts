import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FaultyFiles, systemError } from "../../test/parts/faulty-files.ts";
import { arrivals, DIRECTORY, numbersOf, openJournal, readAll, segmentPaths } from "../../test/parts/journal.ts";
import { until } from "../../test/parts/program.ts";
import type { Arrival } from "../model/index.ts";
import { Journal, type Loss } from "./index.ts";

const WAITS = { senderWaits: true };
const range = (from: number, end: number) => Array.from({ length: end - from }, (_, index) => from + index);

describe("a journal on disk", () => {
  it("gives back what was appended, also after it was opened again, and keeps it private", async () => {
    const folder = await mkdtemp(join(tmpdir(), "fieldline-journal-"));
    const directory = join(folder, "data", "journal");
    const open = () =>
      Journal.open({
        directory,
        durability: "disk",
        syncWithinMs: 20,
        maxSize: 64 * 1024 * 1024,
        segmentSize: 100_000,
        maxAgeMs: 1e12,
        whenFull: "block",
      });
    try {
      const journal = await open();
      await journal.mark("start", { seconds: 1, nanos: 2 }, { down: "5s" });
      await journal.append("grill", arrivals(0, 9_000, 40));
      expect(numbersOf(await readAll(journal))).toEqual(range(0, 9_000));
      await journal.close();
      expect((await stat(directory)).mode & 0o777).toBe(0o700);
      expect((await readdir(directory)).length).toBeGreaterThan(3);
      const again = await open();
      expect(again.recovered.damage).toEqual([]);
      expect((await readAll(again))[0]).toEqual({
        kind: "start",
        offset: 0,
        time: { seconds: 1, nanos: 2 },
        attributes: { down: "5s" },
      });
      expect(numbersOf(await readAll(again))).toEqual(range(0, 9_000));
      await again.append("grill", arrivals(9_000, 1), WAITS);
      expect((await again.read(9_001, 100)).entries).toMatchObject([
        { offset: 9_001, input: "grill", channel: "bbq/0" },
      ]);
      await again.close();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe("a journal", () => {
  it("keeps any reading exactly", async () => {
    const reading = fc.record(
      {
        channel: fc.string({ unit: "grapheme", maxLength: 200 }),
        payload: fc.uint8Array({ maxLength: 400 }),
        time: fc.record({
          seconds: fc.integer({ min: -9_223_372_036, max: 9_223_372_036 }),
          nanos: fc.nat(999_999_999),
        }),
        attributes: fc.dictionary(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme", maxLength: 200 })),
      },
      { requiredKeys: ["channel", "payload", "time"] },
    );
    const check = async (given: readonly Arrival[]) => {
      const files = new FaultyFiles();
      const journal = await openJournal(files, { segmentSize: 2_000 });
      if (given.length > 0) await journal.append("grill", given, WAITS);
      const live = await readAll(journal);
      await journal.close();
      const again = await openJournal(files);
      const expected = given.map(({ channel, payload, time, attributes }, offset) => {
        const kept = Object.keys(attributes ?? {}).length === 0 ? undefined : { ...attributes };
        return { kind: "reading", input: "grill", channel, payload: [...payload], time, attributes: kept, offset };
      });
      for (const entries of [live, await readAll(again)]) {
        const plain = entries.map((entry) => {
          const bytes = entry.kind === "reading" ? [...entry.payload] : [];
          const attributes = entry.attributes === undefined ? undefined : { ...entry.attributes };
          return { ...entry, payload: bytes, attributes };
        });
        expect(plain).toEqual(expected);
      }
      await again.close();
    };
    await fc.assert(fc.asyncProperty(fc.array(reading, { maxLength: 20 }), check), { numRuns: 200 });
  });

  it("copies the payloads: what the sender does with its buffer afterwards changes nothing", async () => {
    const journal = await openJournal(new FaultyFiles());
    const payload = Buffer.from("21.5");
    const done = journal.append("grill", [{ channel: "a", payload, time: { seconds: 1, nanos: 0 } }], WAITS);
    payload.fill(0);
    await done;
    expect(await readAll(journal)).toMatchObject([{ payload: Buffer.from("21.5") }]);
    await journal.close();
  });

  it("shows and acknowledges nothing before its sync", async () => {
    const files = new FaultyFiles();
    const journal = await openJournal(files);
    let open = () => {};
    files.gate = new Promise((resolve) => (open = resolve));
    let acknowledged = false;
    const appended = journal.append("grill", arrivals(0, 3), WAITS).then(() => (acknowledged = true));
    const waited = journal.wait(0, new AbortController().signal);
    await until("the write", () => files.content(segmentPaths(files)[0] ?? "").length > 100);
    for (let turns = 0; turns < 20; turns++) await turn();
    expect([acknowledged, journal.end, await readAll(journal)]).toEqual([false, 0, []]);
    expect(journal.stats.pendingReadings).toBe(3);
    open();
    await appended;
    await waited;
    expect(journal.end).toBe(3);
    expect(numbersOf(await readAll(journal))).toEqual([0, 1, 2]);
    await journal.close();
  });

  it("keeps readings that cannot wait while a slow disk is about to make room, and drops them while the disk fails", async () => {
    const files = new FaultyFiles();
    const journal = await openJournal(files);
    const mebibytes = (count: number) => arrivals(0, count, 2 ** 20);
    const hasty = { canWait: false };
    let open = () => {};
    files.gate = new Promise((resolve) => (open = resolve));
    const held = journal.append("grill", mebibytes(15), hasty);
    const next = journal.append("grill", mebibytes(4), hasty);
    open();
    expect(await Promise.all([held, next])).toEqual([true, true]);
    files.fault = (operation) => (operation === "sync" ? systemError("EIO", "disk") : undefined);
    const failing = journal.append("grill", mebibytes(15), hasty);
    expect(await journal.append("grill", mebibytes(4), hasty)).toBe(false);
    files.fault = () => undefined;
    expect(await failing).toBe(true);
    await journal.close();
  });

  it("syncs once for all that is appended while a sync is under way", async () => {
    const files = new FaultyFiles();
    const journal = await openJournal(files);
    const before = journal.stats.syncs;
    const writes = files.counts.write;
    let open = () => {};
    files.gate = new Promise((resolve) => (open = resolve));
    const first = journal.append("grill", arrivals(0, 1), WAITS);
    await until("the first write", () => files.counts.write > writes);
    const others = range(1, 500).map((number) => journal.append("grill", arrivals(number, 1), WAITS));
    open();
    await Promise.all([first, ...others]);
    expect(journal.stats.syncs - before).toBe(2);
    expect(numbersOf(await readAll(journal))).toEqual(range(0, 500));
    await journal.close();
  });

  it("waits for its time when no sender waits, and then syncs once", async () => {
    const files = new FaultyFiles();
    const journal = await openJournal(files, { syncWithinMs: 300 });
    const before = journal.stats.syncs;
    const done = range(0, 20).map((number) => journal.append("grill", arrivals(number, 1)));
    for (let turns = 0; turns < 20; turns++) await turn();
    expect(journal.stats.syncs).toBe(before);
    await Promise.all(done);
    expect(journal.stats.syncs).toBe(before + 1);
    await journal.close();
  });

  it("lets a live reader read without touching the disk", async () => {
    const files = new FaultyFiles();
    const journal = await openJournal(files, { segmentSize: 3_000 });
    const opened = files.counts.open;
    let next = 0;
    for (let group = 0; group < 50; group++) {
      await journal.append("grill", arrivals(group * 10, 10), WAITS);
      for (; next < journal.end; next = (await journal.read(next, 1_000)).next);
    }
    expect(next).toBe(500);
    // Only the writer opens files: one a segment, and once more for its hash.
    expect(files.counts.open - opened).toBeLessThanOrEqual(2 * journal.stats.segments);
    await journal.close();
  });

  it("reads at many places of the disk at once", async () => {
    const files = new FaultyFiles();
    const journal = await openJournal(files, { segmentSize: 20_000 });
    await journal.append("grill", arrivals(0, 5_000), WAITS);
    await journal.close();
    const again = await openJournal(files);
    const readers = [0, 1, 777, 2_500, 4_999].map(async (from) => {
      expect(numbersOf(await readAll(again, from))).toEqual(range(from, 5_000));
    });
    await Promise.all(readers);
    await again.close();
  });

  it("gives at least one entry, and otherwise no more than was asked for", async () => {
    const journal = await openJournal(new FaultyFiles());
    await journal.append("grill", arrivals(0, 100, 50), WAITS);
    expect((await journal.read(0, 1)).entries).toHaveLength(1);
    expect(await journal.read(10, 500)).toMatchObject({ next: 20, bytes: 500 });
    expect(await journal.read(100, 500)).toEqual({ entries: [], next: 100, bytes: 0 });
    await journal.close();
  });

  it("finds the first entry received at or after a moment", async () => {
    const files = new FaultyFiles();
    let now = 1_790_000_000_000;
    const journal = await openJournal(files, { segmentSize: 2_000, now: () => now });
    for (let group = 0; group < 20; group++) {
      await journal.append("grill", arrivals(group * 20, 20), WAITS);
      now += 20_000;
    }
    for (const number of [0, 1, 19, 200, 399]) {
      expect(await journal.offsetAt({ seconds: 1_790_000_000 + number, nanos: 0 })).toBe(number);
      expect(await journal.offsetAt({ seconds: 1_790_000_000 + number, nanos: 8 })).toBe(number + 1);
    }
    expect(await journal.offsetAt({ seconds: 0, nanos: 0 })).toBe(0);
    await journal.close();
  });

  it("knows after a restart which moments are taken, the clock's steps and when the last entry came", async () => {
    const files = new FaultyFiles();
    const journal = await openJournal(files, { segmentSize: 30_000 });
    await journal.append("grill", arrivals(0, 3_000), WAITS);
    await journal.mark("clock_step", { seconds: 1_790_000_500, nanos: 0 });
    await journal.append("smoker", arrivals(600, 2), WAITS);
    await journal.close();
    const { recovered, close } = await openJournal(files).then((again) => ({
      recovered: again.recovered,
      close: () => again.close(),
    }));
    expect(recovered.nextTime).toEqual({ seconds: 1_790_000_601, nanos: 27 });
    expect(recovered.clockSteps).toBe(1);
    expect(recovered.lastTime).toEqual({ seconds: 1_790_000_601, nanos: 7 });
    await close();
  });

  it("never gives an offset below the one that a cursor names", async () => {
    const files = new FaultyFiles();
    const journal = await openJournal(files, { atLeast: 1_000 });
    await journal.append("grill", arrivals(0, 1), WAITS);
    expect([journal.begin, journal.end]).toEqual([1_000, 1_001]);
    await journal.close();
    const again = await openJournal(files, { atLeast: 500 });
    expect([again.begin, again.end]).toEqual([1_000, 1_001]);
    await again.close();
  });

  it("refuses a journal of another version, and names it", async () => {
    const files = new FaultyFiles();
    await (await openJournal(files)).close();
    const path = segmentPaths(files)[0] ?? "";
    const bytes = files.content(path);
    bytes.writeUInt16LE(2, 8);
    const { crc32 } = await import("node:zlib");
    bytes.writeUInt32LE(crc32(bytes.subarray(0, 76)), 76);
    files.replace(path, bytes);
    await expect(openJournal(files)).rejects.toThrow(/segment has journal format 2.*run the version/);
  });

  it("says at once that its directory cannot be written, but waits for room on a full disk", async () => {
    const files = new FaultyFiles();
    files.fault = (operation, path) => (operation === "write" ? systemError("EACCES", path) : undefined);
    await expect(openJournal(files)).rejects.toThrow("EACCES");
    files.fault = (operation, path) => (operation === "write" ? systemError("ENOSPC", path) : undefined);
    const journal = await openJournal(files);
    const appended = journal.append("grill", arrivals(0, 3), WAITS);
    files.fault = () => undefined;
    expect(await appended).toBe(true);
    await journal.close();
  });

  it("loses to a block of the disk that is gone no more than lies near it, though that held the inputs' names", async () => {
    const files = new FaultyFiles();
    const journal = await openJournal(files);
    await journal.append("grill", arrivals(0, 2_000), { senderWaits: true });
    await journal.close();
    const [path = ""] = segmentPaths(files);
    files.replace(path, files.content(path).fill(0, 0, 4_096));
    const again = await openJournal(files);
    const numbers = numbersOf(await readAll(again));
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => 2_000 - numbers.length + index));
    expect(numbers.length).toBeGreaterThan(1_700);
    await again.close();
  });

  it("begins again after its files were cut to nothing or filled with zeros", async () => {
    for (const length of [0, 10, 79, 5_000]) {
      const files = new FaultyFiles();
      files.replace(join(DIRECTORY, "00000000000000000000.segment"), Buffer.alloc(length));
      const losses: Loss[] = [];
      const journal = await openJournal(files, { onLoss: (loss) => losses.push(loss) });
      await journal.append("grill", arrivals(0, 3), WAITS);
      expect(numbersOf(await readAll(journal))).toEqual([0, 1, 2]);
      expect(losses.length > 0).toBe(length >= 80);
      await journal.close();
    }
  });

  it("rejects what waits and what comes after it was closed", async () => {
    const journal = await openJournal(new FaultyFiles());
    const waited = journal.wait(0, new AbortController().signal);
    const done = journal.append("grill", arrivals(0, 1));
    const failed = journal.wait(7, new AbortController().signal).catch((error: unknown) => error);
    await journal.close();
    expect(await done).toBe(true);
    await waited;
    expect(await failed).toMatchObject({ message: "the journal is closed" });
    await expect(journal.append("grill", arrivals(0, 1))).rejects.toThrow("closed");
    await expect(journal.wait(7, AbortSignal.abort(new Error("stopping")))).rejects.toThrow("stopping");
  });

  it("keeps the same rules in memory alone", async () => {
    const journal = await Journal.open({
      directory: "/nowhere/journal",
      durability: "memory",
      syncWithinMs: 5,
      maxSize: 1024 * 1024,
      maxAgeMs: 1e12,
      whenFull: "drop_oldest",
    });
    for (let group = 0; group < 40; group++) await journal.append("grill", arrivals(group * 100, 100, 1_000));
    expect(journal.stats.bytes).toBeLessThanOrEqual(1024 * 1024);
    expect(numbersOf(await readAll(journal, journal.begin)).at(-1)).toBe(3_999);
    await journal.close();
  });
});
