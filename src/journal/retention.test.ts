import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { FaultyFiles, systemError } from "../../test/parts/faulty-files.ts";
import { arrivals, numbersOf, openJournal, readAll, segmentPaths } from "../../test/parts/journal.ts";
import { until } from "../../test/parts/program.ts";
import type { Journal, JournalOptions, Loss, RemovedSegment } from "./index.ts";

const WAITS = { senderWaits: true };
const MAX_SIZE = 256 * 1024;
const SMALL: Partial<JournalOptions> = { maxSize: MAX_SIZE, segmentSize: 16 * 1024 };
const MOMENT = { seconds: 1_790_000_000, nanos: 0 };
const range = (from: number, end: number) => Array.from({ length: end - from }, (_, index) => from + index);

/** Appends until there is no room; returns how many readings it took. */
async function fill(journal: Journal): Promise<number> {
  for (let count = 0; ; count += 10) {
    const room = await journal.append("grill", arrivals(count, 10, 200), { ...WAITS, canWait: false });
    if (!room) return count;
  }
}

const onDisk = (files: FaultyFiles) => files.paths().reduce((sum, path) => sum + files.content(path).length, 0);

describe("a segment that goes", () => {
  it("is handed over before its file goes, which waits for that; a failure of it holds nothing up", async () => {
    const files = new FaultyFiles();
    const taken: number[] = [];
    const firsts: number[] = [];
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const beforeRemoval = async ({ first, end, read }: RemovedSegment) => {
      firsts.push(first);
      expect(journal.begin).toBe(end);
      for await (const entries of read()) taken.push(...numbersOf(entries));
      await gate;
      if (first > 0) throw new Error("no matter");
    };
    const journal = await openJournal(files, { ...SMALL, maxAgeMs: 0, beforeRemoval });
    const all = range(0, 30).map((group) => journal.append("grill", arrivals(group * 10, 10, 200), WAITS));
    await Promise.all(all);
    const before = files.paths().length;
    journal.setDelivered(300, 300);
    await until("the last of them", () => taken.at(-1) === journal.begin - 1);
    expect(taken).toEqual(range(0, journal.begin));
    expect(files.paths()).toHaveLength(before);
    release();
    await until("the files to go", () => files.paths().length === before - firsts.length);
    await journal.close();
  });
});

describe("a full journal that blocks", () => {
  it("drops what cannot wait, holds what can, and goes on when readings are delivered", async () => {
    const files = new FaultyFiles();
    const losses: Loss[] = [];
    const journal = await openJournal(files, { ...SMALL, onLoss: (loss) => losses.push(loss) });
    const count = await fill(journal);
    expect(count).toBeGreaterThan(900);
    expect(journal.stats.full).toBe(true);
    let admitted = false;
    const first = journal.append("grill", arrivals(count, 10, 200), WAITS).then((room) => (admitted = room));
    const second = journal.append("grill", arrivals(count + 10, 10, 200), WAITS);
    expect(await journal.append("grill", arrivals(0, 10), { canWait: false })).toBe(false);
    for (let turns = 0; turns < 20; turns++) await turn();
    expect(admitted).toBe(false);
    expect(journal.stats.waiting).toBe(2);
    expect(numbersOf(await readAll(journal))).toEqual(range(0, count));
    journal.setDelivered(200, 200);
    expect(await first).toBe(true);
    expect(await second).toBe(true);
    expect(journal.begin).toBeGreaterThan(0);
    expect(journal.begin).toBeLessThanOrEqual(200);
    expect(numbersOf(await readAll(journal))).toEqual(range(journal.begin, count + 20));
    expect(onDisk(files)).toBeLessThanOrEqual(MAX_SIZE);
    expect(losses).toEqual([]);
    expect(journal.stats.full).toBe(false);
    await journal.close();
  });

  it("appends nothing of what was aborted while it waited", async () => {
    const journal = await openJournal(new FaultyFiles(), SMALL);
    const count = await fill(journal);
    const stop = new AbortController();
    const waiting = journal.append("grill", arrivals(count, 10, 200), { signal: stop.signal });
    stop.abort(new Error("stopping"));
    await expect(waiting).rejects.toThrow("stopping");
    journal.setDelivered(Infinity, Infinity);
    await journal.append("grill", arrivals(count, 1), WAITS);
    expect(numbersOf(await readAll(journal)).at(-1)).toBe(count);
    expect(journal.end).toBe(count + 1);
    await journal.close();
  });

  it("still takes marks, until what is set aside for them is used up too", async () => {
    const files = new FaultyFiles();
    const losses: Loss[] = [];
    const journal = await openJournal(files, { ...SMALL, onLoss: (loss) => losses.push(loss) });
    await fill(journal);
    await journal.mark("stop", MOMENT);
    expect((await readAll(journal)).at(-1)).toMatchObject({ kind: "stop", time: MOMENT });
    expect(losses).toEqual([]);
    for (let count = 0; count < 500; count++) void journal.mark("tick", MOMENT);
    await journal.sync();
    expect(losses[0]).toMatchObject({ reason: "no_room_for_mark" });
    expect(onDisk(files)).toBeLessThanOrEqual(MAX_SIZE);
    await journal.close();
  });

  it("makes room of its only segment when that is delivered, and gives no offset twice after it", async () => {
    const files = new FaultyFiles();
    const journal = await openJournal(files, { maxSize: MAX_SIZE, segmentSize: MAX_SIZE });
    const count = await fill(journal);
    const big = [{ channel: "a", payload: Buffer.alloc(200_000), time: MOMENT }];
    const waiting = journal.append("grill", big, WAITS);
    journal.setDelivered(count, count);
    expect(await waiting).toBe(true);
    expect([journal.begin, journal.end]).toEqual([count, count + 1]);
    await journal.close();
    const again = await openJournal(files, SMALL);
    expect([again.begin, again.end]).toEqual([count, count + 1]);
    await again.close();
  });

  it("has room for the largest readings that it takes, once all else is delivered", async () => {
    const journal = await openJournal(new FaultyFiles(), SMALL);
    const zeros = Buffer.alloc(MAX_SIZE);
    const reading = (bytes: number) => [{ channel: "a", payload: zeros.subarray(0, bytes), time: MOMENT }];
    const largest = range(0, MAX_SIZE).findLast((bytes) => journal.takes("grill", reading(bytes))) ?? 0;
    const count = await fill(journal);
    const waiting = journal.append("grill", reading(largest), { ...WAITS, signal: AbortSignal.timeout(5_000) });
    journal.setDelivered(count, count);
    expect(await waiting).toBe(true);
    await journal.close();
  });

  it("refuses readings that could never fit, and says so", async () => {
    const journal = await openJournal(new FaultyFiles(), SMALL);
    const huge = [{ channel: "a", payload: Buffer.alloc(MAX_SIZE), time: MOMENT }];
    await expect(journal.append("grill", huge, WAITS)).rejects.toThrow(/cannot be appended at once.*max_size/);
    await journal.close();
  });

  it("lets outputs that are not required hold nothing, and tells what they lose", async () => {
    const losses: Loss[] = [];
    const journal = await openJournal(new FaultyFiles(), { ...SMALL, onLoss: (loss) => losses.push(loss) });
    journal.setDelivered(500, 10);
    for (let count = 0; count < 1_500; count += 10) {
      const room = await journal.append("grill", arrivals(count, 10, 200), { ...WAITS, canWait: false });
      if (!room) break;
    }
    expect(journal.begin).toBeGreaterThan(400);
    expect(journal.begin).toBeLessThanOrEqual(500);
    expect(losses.every((loss) => loss.reason === "passed_optional")).toBe(true);
    expect(losses.reduce((sum, loss) => sum + loss.count, 0)).toBe(journal.begin - 10);
    expect(losses[0]?.fromOffset).toBe(10);
    await journal.close();
  });
});

describe("a full journal that drops the oldest", () => {
  it("takes everything, keeps the newest, and counts what is lost by input", async () => {
    const files = new FaultyFiles();
    const losses: Loss[] = [];
    const journal = await openJournal(files, {
      ...SMALL,
      whenFull: "drop_oldest",
      onLoss: (loss) => losses.push(loss),
    });
    for (let count = 0; count < 4_000; count += 20) {
      expect(await journal.append("grill", arrivals(count, 10, 200), { ...WAITS, canWait: false })).toBe(true);
      expect(await journal.append("smoker", arrivals(count + 10, 10, 200), { ...WAITS, canWait: false })).toBe(true);
      if (count === 2_000) journal.setDelivered(100, 100);
      expect(onDisk(files)).toBeLessThanOrEqual(MAX_SIZE);
    }
    await journal.sync();
    await journal.close();
    expect(numbersOf(await readAll(journal, journal.begin))).toEqual(range(journal.begin, 4_000));
    const lost = losses.reduce((sum, loss) => sum + loss.count, 0);
    expect(lost).toBe(journal.begin);
    const grill = losses.reduce((sum, loss) => sum + (loss.inputs?.["grill"] ?? 0), 0);
    const smoker = losses.reduce((sum, loss) => sum + (loss.inputs?.["smoker"] ?? 0), 0);
    expect(grill + smoker).toBe(lost);
    expect(Math.abs(grill - smoker)).toBeLessThanOrEqual(10);
    expect(losses[0]).toMatchObject({ reason: "dropped_oldest", fromOffset: 0 });
  });

  it("moves a reader that is too far back up to what is left", async () => {
    const journal = await openJournal(new FaultyFiles(), { ...SMALL, whenFull: "drop_oldest" });
    for (let count = 0; count < 3_000; count += 10) await journal.append("grill", arrivals(count, 10, 200), WAITS);
    const block = await journal.read(0, 1);
    expect(block.entries[0]?.offset).toBe(journal.begin);
    await journal.close();
  });
});

describe("retention", () => {
  it("removes segments that are delivered and old, and no others", async () => {
    let now = 0;
    const files = new FaultyFiles();
    const journal = await openJournal(files, { segmentSize: 4_000, maxAgeMs: 60_000, monotonic: () => now });
    for (let count = 0; count < 200; count += 10) {
      await journal.append("grill", arrivals(count, 10, 200), WAITS);
      now += 10_000;
    }
    journal.setDelivered(150, 20);
    expect(journal.begin).toBeLessThanOrEqual(20);
    journal.setDelivered(190, 190);
    // 190 readings are delivered; those of less than a minute ago stay.
    expect(journal.begin).toBeGreaterThan(80);
    expect(journal.begin).toBeLessThanOrEqual(150);
    now += 3_600_000;
    journal.setDelivered(190, 190);
    expect(journal.begin).toBeGreaterThan(160);
    expect(numbersOf(await readAll(journal, journal.begin))).toEqual(range(journal.begin, 200));
    await journal.close();
    expect(segmentPaths(files)).toHaveLength(journal.stats.segments);
  });
});

describe("a disk that fails", () => {
  it("makes appends wait until it works again, and tells it once", async () => {
    const files = new FaultyFiles();
    const told: (string | undefined)[] = [];
    const journal = await openJournal(files, { onFailure: (error) => told.push(error?.message) });
    await journal.append("grill", arrivals(0, 10), WAITS);
    files.fault = (operation, path) => (operation === "sync" ? systemError("EIO", path) : undefined);
    let durable = false;
    const appended = journal.append("grill", arrivals(10, 10), WAITS).then(() => (durable = true));
    const syncs = files.counts.sync;
    await until("a second attempt", () => files.counts.sync > syncs + 1);
    expect([durable, journal.end]).toEqual([false, 10]);
    // What cannot be written is held in memory, up to a bound.
    const mib = (number: number) => [{ channel: "a", payload: Buffer.alloc(1 << 20, number), time: MOMENT }];
    const held = [];
    for (let count = 0; count < 15; count++) held.push(journal.append("grill", mib(count), { canWait: false }));
    expect(await journal.append("grill", mib(15), { canWait: false })).toBe(false);
    const waiting = journal.append("grill", mib(16));
    expect(journal.stats.waiting).toBe(1);
    files.fault = () => undefined;
    await appended;
    expect(await Promise.all(held)).toEqual(held.map(() => true));
    await journal.sync();
    expect(await waiting).toBe(true);
    expect(told).toEqual([expect.stringContaining("EIO"), undefined]);
    const entries = await readAll(journal);
    expect(numbersOf(entries.slice(0, 20))).toEqual(range(0, 20));
    expect(entries.slice(20).map((entry) => (entry.kind === "reading" ? entry.payload[0] : -1))).toEqual([
      ...range(0, 15),
      16,
    ]);
    await journal.close();
  });

  it.each(
    ["ENOSPC", "EDQUOT", "EIO", "EROFS", "EMFILE"].flatMap((code) =>
      (["open", "write", "sync"] as const).map((operation) => [operation, code] as const),
    ),
  )("on %s with %s holds senders, keeps what was acknowledged, and goes on by itself", async (operation, code) => {
    const files = new FaultyFiles();
    const journal = await openJournal(files, { segmentSize: 4_000 });
    await journal.append("grill", arrivals(0, 100), WAITS);
    const before = files.counts[operation];
    files.fault = (each, path) => (each === operation ? systemError(code, path) : undefined);
    let durable = false;
    const appended = journal.append("grill", arrivals(100, 100), WAITS).then(() => (durable = true));
    await until("some attempts", () => files.counts[operation] > before + 2);
    expect(durable).toBe(false);
    // A file that is open already takes what fits.
    expect(numbersOf(await readAll(journal))).toEqual(range(0, journal.end));
    expect(journal.end).toBeLessThan(200);
    files.fault = () => undefined;
    await appended;
    expect(numbersOf(await readAll(journal))).toEqual(range(0, 200));
    await journal.close();
    const again = await openJournal(files);
    expect(again.recovered.damage).toEqual([]);
    expect(numbersOf(await readAll(again))).toEqual(range(0, 200));
    await again.close();
  });

  it("after a failed sync is not believed: the bytes are written again from memory", async () => {
    const files = new FaultyFiles();
    const journal = await openJournal(files);
    await journal.append("grill", arrivals(0, 10), WAITS);
    const path = segmentPaths(files)[0] ?? "";
    const { length } = files.content(path);
    let failures = 0;
    files.fault = (operation) => {
      if (operation !== "sync" || failures > 0) return undefined;
      failures += 1;
      // The kernel marks the pages clean and lets go of what was in them.
      files.replace(path, files.content(path).fill(0, length));
      return systemError("EIO", path);
    };
    await journal.append("grill", arrivals(10, 10), WAITS);
    expect(failures).toBe(1);
    await journal.close();
    files.powerCut(() => 0);
    const again = await openJournal(files);
    expect(again.recovered.damage).toEqual([]);
    expect(numbersOf(await readAll(again))).toEqual(range(0, 20));
    await again.close();
  });

  it("is cut back and written anew: no torn bytes stay behind", async () => {
    const files = new FaultyFiles();
    const journal = await openJournal(files);
    for (const operation of ["write", "sync", "truncate", "syncDirectory", "open"] as const) {
      let left = 2;
      files.fault = (each, path) => (each === operation && left-- > 0 ? systemError("EIO", path) : undefined);
      await journal.append("grill", arrivals(0, 10), WAITS);
    }
    files.fault = () => undefined;
    await journal.close();
    const again = await openJournal(files);
    expect(again.recovered.damage).toEqual([]);
    expect(numbersOf(await readAll(again))).toEqual(Array.from({ length: 5 }, () => range(0, 10)).flat());
    await again.close();
  });

  it("when it is full, gives up delivered segments, and goes on when there is room", async () => {
    const files = new FaultyFiles();
    const journal = await openJournal(files, { segmentSize: 4_000 });
    await journal.append("grill", arrivals(0, 200, 200), WAITS);
    const size = onDisk(files);
    files.fault = (operation, path) =>
      operation === "write" && onDisk(files) > size - 10_000 ? systemError("ENOSPC", path) : undefined;
    const appended = journal.append("grill", arrivals(200, 10, 200), WAITS);
    const before = files.counts.write;
    await until("attempts", () => files.counts.write > before + 1);
    expect(journal.begin).toBe(0);
    journal.setDelivered(150, 150);
    expect(await appended).toBe(true);
    expect(journal.begin).toBeGreaterThan(0);
    expect(numbersOf(await readAll(journal, journal.begin))).toEqual(range(journal.begin, 210));
    await journal.close();
  });

  it("does not keep the journal from closing, which says what happened", async () => {
    const files = new FaultyFiles();
    const journal = await openJournal(files);
    files.fault = (operation, path) => (operation === "sync" ? systemError("EIO", path) : undefined);
    const appended = journal.append("grill", arrivals(0, 10), WAITS);
    await expect(journal.close()).rejects.toThrow("EIO");
    await expect(appended).rejects.toThrow("EIO");
  });

  it("goes on after a segment that could not be removed", async () => {
    const files = new FaultyFiles();
    const told: (string | undefined)[] = [];
    const onFailure = (error: Error | undefined) => told.push(error?.message);
    const journal = await openJournal(files, { ...SMALL, whenFull: "drop_oldest", onFailure });
    files.fault = (operation, path) => (operation === "remove" ? systemError("EACCES", path) : undefined);
    const appends = range(0, 150).map((group) => journal.append("grill", arrivals(group * 10, 10, 200), WAITS));
    await until("the failure", () => told.length === 1);
    expect(onDisk(files)).toBeLessThanOrEqual(MAX_SIZE);
    files.fault = () => undefined;
    await Promise.all(appends);
    expect(told).toEqual([expect.stringContaining("EACCES"), undefined]);
    await journal.close();
  });
});
