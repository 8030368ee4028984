import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FaultyFiles, systemError } from "../../test/parts/faulty-files.ts";
import { until } from "../../test/parts/program.ts";
import type { Entry, RemovedSegment } from "../journal/index.ts";
import type { Reading } from "../model/index.ts";
import type { Named } from "./collect-copies.ts";
import { type LostCopies, ReadingCopies } from "./reading-copies.ts";

const DIRECTORY = "/data/rejects/readings";

describe("copies of rejected readings", () => {
  const files = new FaultyFiles();
  const reading = (offset: number, size = 10): Reading => ({
    input: "grill",
    channel: `bbq/${offset % 3}`,
    payload: Buffer.alloc(size, offset),
    time: { seconds: 1_790_000_000, nanos: offset },
    offset,
  });
  /** The segment with the offsets from `first` to `end`. */
  const segment = (first: number, end: number, size = 10): RemovedSegment => ({
    first,
    end,
    read: async function* () {
      for (let at = first; at < end; at += 3) {
        yield Array.from({ length: Math.min(3, end - at) }, (_, n): Entry => ({
          kind: "reading",
          ...reading(at + n, size),
        }));
      }
    },
  });
  const among =
    (...offsets: readonly number[]): (() => Promise<Named>) =>
    async () =>
    ({ offset }) =>
      offsets.includes(offset);
  const all = async () => () => true;

  async function open(over: FaultyFiles, maxBytes?: number) {
    const lost: LostCopies[] = [];
    const onLost = (one: LostCopies) => void lost.push(one);
    const options = { directory: DIRECTORY, files: over, onLost };
    const copies = await ReadingCopies.open(maxBytes === undefined ? options : { ...options, maxBytes });
    return { copies, lost };
  }

  async function offsets(copies: ReadingCopies, from = 0, end = Infinity, maxBytes = 25): Promise<number[]> {
    const found: number[] = [];
    for (let at = from; ;) {
      const block = await copies.read(at, end, maxBytes);
      if (block === undefined) return found;
      expect(block.bytes).toBeLessThanOrEqual(maxBytes);
      found.push(...block.entries.map(({ offset }) => offset));
      at = block.next;
    }
  }

  it("are of what is named, once, and read by offset, also after a restart and a power cut", async () => {
    const disk = new FaultyFiles();
    const { copies, lost } = await open(disk);
    await copies.keep(segment(0, 10), among(1, 4, 5));
    await copies.keep(segment(10, 20), async () => undefined);
    await copies.keep(segment(20, 30), among(20, 29));
    await copies.keep(segment(20, 30), among(20, 29));
    disk.powerCut(() => 0);
    for (const each of [copies, (await open(disk)).copies]) {
      expect(await offsets(each)).toEqual([1, 4, 5, 20, 29]);
      expect(await offsets(each, 5, 29)).toEqual([5, 20]);
      const block = await each.read(0, 100, 1_000);
      expect(block?.entries[0]).toEqual({ kind: "reading", ...reading(1) });
    }
    expect(lost).toEqual([]);
  });

  it("go when nobody names them any more, and only those", async () => {
    const disk = new FaultyFiles();
    const { copies } = await open(disk);
    await copies.keep(segment(0, 10), all);
    await copies.keep(segment(10, 20), all);
    const before = copies.bytes;
    await copies.prune(3, 15, among(0, 11, 12));
    expect(await offsets(copies)).toEqual([0, 11, 12]);
    expect(copies.bytes).toBeLessThan(before / 5);
    await copies.prune(0, 5, among(11, 12));
    expect(await offsets((await open(disk)).copies)).toEqual([11, 12]);
    await copies.prune(0, Infinity, among());
    expect(disk.paths()).toEqual([]);
    expect(copies.bytes).toBe(0);
  });

  it("take a bounded number of bytes: the oldest go, counted", async () => {
    const disk = new FaultyFiles();
    const { copies, lost } = await open(disk, 5_000);
    for (let first = 0; first < 100; first += 10) await copies.keep(segment(first, first + 10, 100), all);
    const kept = await offsets(copies, 0, Infinity, 100);
    expect(kept.at(-1)).toBe(99);
    expect(copies.bytes).toBeLessThanOrEqual(5_000);
    expect(disk.paths().reduce((sum, path) => sum + disk.content(path).length, 0)).toBe(copies.bytes);
    expect(lost.reduce((sum, { count }) => sum + count, 0)).toBe(100 - kept.length);
    expect(lost[0]).toMatchObject({ reason: "reject_copies_full", count: 10, fromOffset: 0, toOffset: 10 });
    await copies.keep(segment(100, 200, 100), all);
    expect(copies.bytes).toBeLessThanOrEqual(5_000);
    expect((await offsets(copies, 0, Infinity, 100)).at(-1)).toBe(199);
  });

  it("let the segment go although the disk is full, are read from memory meanwhile, and are written when there is room", async () => {
    const disk = new FaultyFiles();
    const { copies, lost } = await open(disk);
    disk.fault = (operation, path) => (operation === "write" ? systemError("ENOSPC", path) : undefined);
    await copies.keep(segment(0, 10), all);
    expect(await offsets(copies)).toHaveLength(10);
    await copies.prune(0, 3, among(7, 8));
    disk.fault = () => undefined;
    await until("the copies", () => disk.paths().some((path) => path.endsWith(".readings")));
    expect(await offsets((await open(disk)).copies)).toEqual([7, 8]);
    expect(lost).toEqual([]);
  });

  it("are told to be lost when the disk does not take them until the end, or the segment cannot be read", async () => {
    const disk = new FaultyFiles();
    const { copies, lost } = await open(disk);
    disk.fault = (operation, path) => (operation === "write" ? systemError("EIO", path) : undefined);
    await copies.keep(segment(0, 10), among(3));
    const unreadable = async function* () {
      yield [];
      throw systemError("EIO", "segment");
    };
    await copies.keep({ first: 10, end: 30, read: unreadable }, all);
    await copies.close();
    expect(lost).toMatchObject([
      { reason: "reject_not_copied", count: 20, fromOffset: 10, toOffset: 30 },
      { reason: "reject_not_copied", count: 1, fromOffset: 3, toOffset: 4 },
    ]);
    expect(await offsets(copies)).toEqual([]);
  });

  it("are not forgotten when it cannot be told who names them", async () => {
    const disk = new FaultyFiles();
    const { copies } = await open(disk);
    await copies.keep(segment(0, 10), all);
    await copies.prune(0, Infinity, async () => {
      throw new Error("a store cannot be read");
    });
    expect(await offsets(copies)).toHaveLength(10);
  });

  it("pass over what is damaged", async () => {
    const disk = new FaultyFiles();
    const { copies } = await open(disk);
    await copies.keep(segment(0, 5), all);
    const [path = ""] = disk.paths();
    const content = disk.content(path);
    content[content.indexOf("\n") + 12] = 0xff;
    disk.replace(path, content);
    expect(await offsets((await open(disk)).copies)).toEqual([0, 2, 3, 4]);
  });

  it("are what is named of the segments that went, whatever happens in between: a model", async () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant("keep" as const),
        size: fc.integer({ min: 1, max: 12 }),
        every: fc.integer({ min: 1, max: 4 }),
      }),
      fc.record({ kind: fc.constant("drop" as const), from: fc.nat(60), length: fc.nat(30) }),
      fc.record({ kind: fc.constant("restart" as const), chance: fc.double({ min: 0, max: 1, noNaN: true }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const disk = new FaultyFiles();
        let { copies } = await open(disk);
        const named = new Set<number>();
        let end = 0;
        for (const one of steps) {
          if (one.kind === "keep") {
            for (let offset = end; offset < end + one.size; offset += one.every) named.add(offset);
            await copies.keep(segment(end, end + one.size), among(...named));
            end += one.size;
          } else if (one.kind === "drop") {
            for (let offset = one.from; offset <= one.from + one.length; offset++) named.delete(offset);
            await copies.prune(one.from, one.from + one.length, among(...named));
          } else {
            disk.powerCut(() => one.chance);
            ({ copies } = await open(disk));
            await copies.prune(0, Infinity, among(...named));
          }
          expect(await offsets(copies)).toEqual([...named].toSorted((first, second) => first - second));
        }
      }),
    );
  });

  it("need no directory before there is one", async () => {
    const { copies } = await open(files);
    expect(copies.bytes).toBe(0);
    expect(await copies.read(0, 100, 100)).toBeUndefined();
    await copies.prune(0, Infinity, all);
    expect(files.paths()).toEqual([]);
  });
});
