import { createHash } from "node:crypto";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import { FaultyFiles } from "../../test/parts/faulty-files.ts";
import { arrivals, DIRECTORY, numbersOf, openJournal, readAll, segmentPaths } from "../../test/parts/journal.ts";
import type { Loss } from "./index.ts";

const FIRST = "00000000000000000000.segment";
const WAITS = { senderWaits: true };

/** A reader written from docs/reference/journal-format.md alone. */
function readSegment(name: string, file: Buffer) {
  const seed = crc32(name);
  const header = {
    magic: file.toString("latin1", 0, 8),
    format: file.readUInt16LE(8),
    first: Number(file.readBigUInt64LE(16)),
    created: Number(file.readBigUInt64LE(24)),
    before: file.readBigUInt64LE(32),
    lengthBefore: Number(file.readBigUInt64LE(40)),
    checksumBefore: file.readUInt32LE(48),
    runningMs: Number(file.readBigUInt64LE(64)),
    flags: file.readUInt32LE(72),
    valid: crc32(file.subarray(0, 76)) === file.readUInt32LE(76),
  };
  const sources: { input: string; channel: string }[] = [];
  const entries = [];
  let footer;
  let at = file.readUInt16LE(10);
  let checksum = 0;
  const varint = () => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = file.readUInt8(at++);
      value += (byte % 128) * factor;
      if (byte < 128) return value;
    }
  };
  const text = () => {
    const length = varint();
    at += length;
    return file.toString("utf8", at - length, at);
  };
  while (at < file.length) {
    const end = at + 8 + file.readUInt32LE(at);
    expect(crc32(file.subarray(at + 8, end), seed)).toBe(file.readUInt32LE(at + 4));
    const kind = file.readUInt8(at + 8);
    if (kind === 128) {
      footer = {
        isLast: end === file.length,
        length: file.readUInt32LE(end - 4) - (end - at),
        index: file.readUInt32LE(at + 9),
        latest: file.readIntLE(at + 13, 5),
        flags: file.readUInt8(at + 22),
        first: Number(file.readBigUInt64LE(at + 23)),
        next: Number(file.readBigUInt64LE(at + 31)),
        readings: file.readUInt32LE(at + 39),
        marks: file.readUInt32LE(at + 43),
        earliest: file.readIntLE(at + 47, 5),
        hashBefore: file.toString("hex", at + 56, at + 88),
        original: file.toString("hex", at + 88, at + 120),
        inputs: {} as Record<string, number>,
      };
      at += 120;
      for (let left = varint(); left > 0; left--) footer.inputs[text()] = varint();
      at = end;
      continue;
    }
    checksum = file.readUInt32LE(at + 4);
    const offset = header.first + file.readUInt32LE(at + 9);
    const time = { seconds: file.readIntLE(at + 13, 5), nanos: file.readUInt32LE(at + 18) };
    at += 22;
    const source = kind < 16 ? varint() : 0;
    if (kind === 2) sources[source] = { input: text(), channel: text() };
    const attributes = Object.fromEntries(Array.from({ length: varint() }, () => [text(), text()]));
    entries.push({
      kind,
      offset,
      time,
      attributes,
      ...(kind < 16 ? sources[source] : {}),
      payload: file.toString("utf8", at, end),
    });
    at = end;
  }
  return { header, entries, footer, checksum };
}

describe("the journal's format", () => {
  it("can be read from its description alone", async () => {
    const files = new FaultyFiles();
    const journal = await openJournal(files, {
      segmentSize: 1_000,
      now: () => 1_790_000_000_123,
      monotonic: () => 7,
    });
    await journal.mark("start", { seconds: -2, nanos: 999_999_999 }, { down: "5s", ü: "" });
    const long = { channel: "ö".repeat(200), payload: Buffer.from("21.5"), time: { seconds: 9e9, nanos: 1 } };
    await journal.append("grill", [...arrivals(0, 30), { ...long, attributes: { packet: "7" } }], WAITS);
    await journal.close();

    const segments = segmentPaths(files).map((path) =>
      readSegment(path.slice(DIRECTORY.length + 1), files.content(path)),
    );
    expect(segments.length).toBeGreaterThan(2);
    const entries = segments.flatMap((segment) => segment.entries);
    expect(entries[0]).toEqual({
      kind: 16,
      offset: 0,
      time: { seconds: -2, nanos: 999_999_999 },
      attributes: { down: "5s", ü: "" },
      payload: "",
    });
    expect(entries.slice(1, -1)).toEqual(
      arrivals(0, 30).map(({ channel, time, payload }, index) => ({
        kind: expect.any(Number),
        offset: index + 1,
        input: "grill",
        channel,
        time,
        attributes: {},
        payload: Buffer.from(payload).toString(),
      })),
    );
    expect(entries.at(-1)).toMatchObject({
      kind: 2,
      offset: 31,
      channel: "ö".repeat(200),
      time: { seconds: 9e9, nanos: 1 },
      attributes: { packet: "7" },
      payload: "21.5",
    });
    for (const [index, { header }] of segments.entries()) {
      const before = segments[index - 1];
      expect(header).toEqual({
        magic: "FLDLOG\r\n",
        format: 1,
        first: before === undefined ? 0 : (before.entries.at(-1)?.offset ?? 0) + 1,
        created: 1_790_000_000_123,
        before: before === undefined ? 2n ** 64n - 1n : BigInt(before.header.first),
        lengthBefore: before === undefined ? 0 : files.content(segmentPaths(files)[index - 1] ?? "").length,
        checksumBefore: before?.checksum ?? 0,
        runningMs: 0,
        flags: 1,
        valid: true,
      });
    }
    const hashes = segmentPaths(files).map((path) => createHash("sha256").update(files.content(path)).digest("hex"));
    for (const [index, { header, entries: own, footer }] of segments.entries()) {
      const readings = own.filter(({ kind }) => kind < 16).length;
      const times = own.map(({ time }) => time.seconds);
      const expected = {
        isLast: true,
        length: 0,
        index: own.length,
        first: header.first,
        next: header.first + own.length,
        readings,
        marks: own.length - readings,
        earliest: Math.min(...times),
        latest: Math.max(...times),
        flags: index === 0 ? 0 : 1,
        hashBefore: hashes[index - 1] ?? "00".repeat(32),
        original: "00".repeat(32),
        inputs: { grill: readings },
      };
      expect(footer).toEqual(index === segments.length - 1 ? undefined : expected);
    }
  });
});

describe("damage", () => {
  /** A journal of one segment with 100 readings, of which each record takes as many bytes. */
  async function written(): Promise<FaultyFiles> {
    const files = new FaultyFiles();
    const journal = await openJournal(files);
    await journal.append("grill", arrivals(0, 100), WAITS);
    await journal.close();
    return files;
  }

  async function reopened(files: FaultyFiles, change: (bytes: Buffer) => Buffer) {
    const path = join(DIRECTORY, FIRST);
    files.replace(path, change(files.content(path)));
    const losses: Loss[] = [];
    const journal = await openJournal(files, { onLoss: (loss) => losses.push(loss) });
    const numbers = numbersOf(await readAll(journal));
    await journal.append("grill", arrivals(1_000, 1), WAITS);
    expect(numbersOf(await readAll(journal)).at(-1)).toBe(1_000);
    const { end } = journal;
    await journal.close();
    return { numbers, losses, end };
  }

  const without = (...lost: number[]) =>
    Array.from({ length: 100 }, (_, index) => index).filter((each) => !lost.includes(each));

  it("of one record costs that record, and is told with its place", async () => {
    const files = await written();
    const at = files.content(join(DIRECTORY, FIRST)).indexOf("50  ");
    const { numbers, losses, end } = await reopened(files, (bytes) => {
      bytes.writeUInt8(0, at);
      return bytes;
    });
    expect(numbers).toEqual(without(50));
    expect(end).toBe(101);
    expect(losses).toMatchObject([{ reason: "damaged", count: 1, fromOffset: 50, toOffset: 51, segment: FIRST }]);
    expect(at - (losses[0]?.position ?? 0)).toBeLessThan(40);
  });

  it("of a length that points at another record costs no record but its own", async () => {
    const files = await written();
    const at = files.content(join(DIRECTORY, FIRST)).indexOf("50  ");
    const { numbers } = await reopened(files, (bytes) => {
      const start = at - 24;
      bytes.writeUInt32LE(bytes.readUInt32LE(start) * 2 + 8, start);
      return bytes;
    });
    expect(numbers).toEqual(without(50));
  });

  it("of the header costs nothing", async () => {
    const { numbers, losses } = await reopened(await written(), (bytes) => bytes.fill(0xff, 0, 80));
    expect(numbers).toEqual(without());
    expect(losses).toMatchObject([{ reason: "damaged", count: 0, position: 0 }]);
  });

  it("at the end is cut off, and the offsets that may have been there are not given again", async () => {
    for (const change of [
      (bytes: Buffer) => bytes.subarray(0, bytes.length - 3),
      (bytes: Buffer) => Buffer.concat([bytes.subarray(0, bytes.length - 3), Buffer.alloc(5_000)]),
    ]) {
      const files = await written();
      const { numbers, losses, end } = await reopened(files, change);
      expect(numbers).toEqual(without(99));
      expect(end).toBeGreaterThan(100);
      expect(losses).toMatchObject([{ reason: "torn", segment: FIRST }]);
      const again = await openJournal(files, { onLoss: (loss) => losses.push(loss) });
      expect(numbersOf(await readAll(again))).toEqual([...without(99), 1_000]);
      expect(losses).toHaveLength(1);
      await again.close();
    }
  });

  it("found while reading an older segment is told once, and the reader goes on", async () => {
    const files = new FaultyFiles();
    const journal = await openJournal(files, { segmentSize: 2_000 });
    await journal.append("grill", arrivals(0, 500), WAITS);
    await journal.close();
    const path = join(DIRECTORY, FIRST);
    files.replace(path, files.content(path).fill(7, 300, 310));
    files.replace(segmentPaths(files)[1] ?? "", Buffer.alloc(0));
    const losses: Loss[] = [];
    const again = await openJournal(files, { onLoss: (loss) => losses.push(loss) });
    expect(losses).toEqual([]);
    const numbers = numbersOf(await readAll(again));
    expect(numbersOf(await readAll(again))).toEqual(numbers);
    expect(losses).toHaveLength(2);
    expect(losses.reduce((sum, loss) => sum + loss.count, numbers.length)).toBe(500);
    await again.close();
  });

  it("does not take a segment's bytes inside a payload for records", async () => {
    const files = await written();
    const inside = files.content(join(DIRECTORY, FIRST)).subarray(80);
    const journal = await openJournal(files);
    await journal.append("grill", [{ channel: "a", payload: inside, time: { seconds: 1, nanos: 0 } }], WAITS);
    await journal.append("grill", arrivals(101, 2), WAITS);
    await journal.close();
    const { numbers } = await reopened(files, (bytes) => bytes.fill(1, 80 + inside.length, 80 + inside.length + 30));
    expect(numbers).toEqual([...without(), 101, 102]);
  });
});
