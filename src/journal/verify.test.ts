import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  endOfRecord,
  forge,
  forgeFooter,
  recordAt,
  started,
  verified,
  writtenJournal,
} from "../../test/parts/broken-journal.ts";
import { FaultyFiles, systemError } from "../../test/parts/faulty-files.ts";
import { arrivals, DIRECTORY, openJournal, segmentPaths } from "../../test/parts/journal.ts";
import { until } from "../../test/parts/program.ts";
import { firstOfName, segmentName } from "./segment.ts";

const ANCHOR = join(DIRECTORY, "anchor");
const range = (from: number, end: number) => Array.from({ length: end - from }, (_, index) => from + index);
const firstOf = (path: string | undefined) => firstOfName(path?.slice(DIRECTORY.length + 1) ?? "") ?? -1;

describe("verify", () => {
  it("finds nothing wrong with a journal that was closed, and says what it holds", async () => {
    const files = await writtenJournal();
    const { found, ...holds } = await verified(files);
    expect(found).toEqual([]);
    expect(holds).toEqual({
      segments: segmentPaths(files).length,
      readings: 200,
      bytes: segmentPaths(files).reduce((sum, path) => sum + files.content(path).length, 0),
      fromOffset: 0,
      toOffset: 200,
      perInput: { grill: 100, smoker: 100 },
      problems: 0,
      lost: 0,
    });
  });

  it("finds nothing wrong while the journal is written to and segments are removed", async () => {
    const files = new FaultyFiles();
    let now = 0;
    const journal = await openJournal(files, { segmentSize: 2_000, maxAgeMs: 1_000, monotonic: () => (now += 200) });
    for (let count = 0; count < 600; count += 10) {
      const appended = journal.append("grill", arrivals(count, 10), { senderWaits: true });
      expect((await verified(files)).found).toEqual([]);
      await appended;
      journal.setDelivered(count, count);
    }
    expect(journal.begin).toBeGreaterThan(0);
    await journal.close();
    expect(await verified(files)).toMatchObject({ found: [], fromOffset: journal.begin, toOffset: 600 });
  });

  it("finds nothing wrong after a full disk did not take the anchor while segments were removed", async () => {
    const files = new FaultyFiles();
    let now = 0;
    const journal = await openJournal(files, { segmentSize: 2_000, maxAgeMs: 1_000, monotonic: () => now });
    for (let count = 0; count < 200; count += 10)
      await journal.append("grill", arrivals(count, 10), { senderWaits: true });
    const before = segmentPaths(files).length;
    files.fault = (operation, path) =>
      operation === "write" && path === ANCHOR ? systemError("ENOSPC", path) : undefined;
    now += 10_000;
    journal.setDelivered(200, 200);
    await until("the removal of segments", () => segmentPaths(files).length === 1);
    files.fault = () => undefined;
    await journal.close();
    expect(before).toBeGreaterThan(3);
    expect((await verified(files)).found).toEqual([]);
  });

  it("changes no file, and ends when it is told to", async () => {
    const files = await writtenJournal();
    const before = files.paths().map((path) => [path, files.content(path)]);
    await verified(files);
    expect(files.paths().map((path) => [path, files.content(path)])).toEqual(before);
    files.fault = (operation) => (operation === "open" ? new Error("was opened") : undefined);
    const { verifyJournal } = await import("./verify.ts");
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(verifyJournal(DIRECTORY, { files, signal, onProblem: () => undefined })).rejects.toThrow("enough");
  });

  it("names a damaged record with its place and its offsets, which is all that is lost", async () => {
    const files = await writtenJournal();
    const [path = ""] = segmentPaths(files);
    const bytes = files.content(path);
    const at = bytes.indexOf("7  ");
    files.replace(path, bytes.fill(0, at, at + 1));
    expect((await verified(files)).found).toMatchObject([
      { kind: "damaged", segment: segmentName(0), position: expect.any(Number), fromOffset: 7, toOffset: 8 },
    ]);
    expect((await started(files)).numbers).toEqual(range(0, 200).filter((number) => number !== 7));
  });

  it("sees a payload that was changed together with its checksum", async () => {
    const files = await writtenJournal();
    const paths = segmentPaths(files);
    forge(files, paths[1] ?? "", "45  ", "54  ");
    expect((await verified(files)).found).toMatchObject([{ kind: "altered", segment: segmentName(firstOf(paths[1])) }]);
  });

  it("sees a segment that is missing in the middle, as a start does, which goes on with the rest", async () => {
    const files = await writtenJournal();
    const paths = segmentPaths(files);
    await files.remove(paths[1] ?? "");
    const [from, to] = [firstOf(paths[1]), firstOf(paths[2])];
    const missing = { fromOffset: from, toOffset: to };
    expect((await verified(files)).found).toMatchObject([{ kind: "missing", segment: segmentName(from), ...missing }]);
    const { losses, numbers } = await started(files);
    expect(losses).toMatchObject([{ reason: "missing", count: to - from, ...missing }]);
    expect(numbers).toEqual([...range(0, from), ...range(to, 200)]);
  });

  it("sees that the first segments are missing, and tells it from retention", async () => {
    const files = new FaultyFiles();
    let now = 0;
    const journal = await openJournal(files, { segmentSize: 2_000, maxAgeMs: 1_000, monotonic: () => now });
    await journal.append("grill", arrivals(0, 400), { senderWaits: true });
    now = 5_000;
    journal.setDelivered(200, 200);
    await journal.close();
    expect(await verified(files)).toMatchObject({ found: [], fromOffset: journal.begin });
    expect(JSON.parse(files.content(ANCHOR).toString().split("\n")[0] ?? "")).toMatchObject({
      anchor: { next: journal.begin, readings: journal.begin },
    });
    const [first = "", second = ""] = segmentPaths(files);
    await files.remove(first);
    const missing = { fromOffset: journal.begin, toOffset: firstOf(second) };
    expect((await verified(files)).found).toMatchObject([{ kind: "missing", ...missing }]);
    expect((await started(files)).losses).toMatchObject([{ reason: "missing", ...missing }]);
  });

  it("sees that all segments are missing, and no offset is given again", async () => {
    const files = await writtenJournal();
    for (const path of segmentPaths(files)) await files.remove(path);
    expect((await verified(files)).found).toMatchObject([{ kind: "missing" }]);
    const journal = await openJournal(files, { atLeast: 150 });
    expect(journal.recovered.damage).toMatchObject([{ reason: "missing", count: 150 }]);
    expect(journal.begin).toBe(150);
    await journal.close();
    expect((await verified(files)).found).toEqual([]);
  });

  it("sees files that are not part of the journal, and neither reads nor removes them", async () => {
    const files = await writtenJournal();
    const [first = "", second = ""] = segmentPaths(files);
    const copies = [firstOf(second) - 5, firstOf(second) + 5, 5_000].map((each) => join(DIRECTORY, segmentName(each)));
    for (const path of copies) files.replace(path, files.content(first));
    files.replace(join(DIRECTORY, "notes.txt"), Buffer.from("mine"));
    const extra = ["notes.txt", ...copies.map((path) => path.slice(DIRECTORY.length + 1))];
    expect((await verified(files)).found).toMatchObject(extra.map((segment) => ({ kind: "extra", segment })));
    const { losses, numbers } = await started(files);
    expect(losses).toMatchObject(extra.slice(1).map((segment) => ({ reason: "extra", segment, count: 0 })));
    expect(numbers).toEqual(range(0, 200));
    for (const path of copies) expect(files.content(path)).toEqual(files.content(first));
  });

  it("sees an older segment of the same offsets between others", async () => {
    const files = await writtenJournal();
    const other = new FaultyFiles();
    const journal = await openJournal(other, { atLeast: 10 });
    await journal.append("grill", arrivals(500, 3), { senderWaits: true });
    await journal.close();
    files.replace(join(DIRECTORY, segmentName(10)), other.content(join(DIRECTORY, segmentName(10))));
    expect((await verified(files)).found).toMatchObject([{ kind: "extra", segment: segmentName(10) }]);
    expect((await started(files)).numbers).toEqual(range(0, 200));
  });

  it("sees an end that was cut off, and a header and an anchor that are damaged or gone", async () => {
    const cut = await writtenJournal();
    const [first = ""] = segmentPaths(cut);
    cut.replace(first, cut.content(first).subarray(0, -60));
    expect((await verified(cut)).found).toMatchObject([{ kind: "damaged", segment: segmentName(0) }]);

    const header = await writtenJournal();
    header.replace(first, header.content(first).fill(0, 20, 30));
    expect((await verified(header)).found).toMatchObject([{ kind: "damaged", position: 0, bytes: 80 }]);

    const anchor = await writtenJournal();
    anchor.replace(ANCHOR, anchor.content(ANCHOR).fill(0));
    expect((await verified(anchor)).found).toMatchObject([{ kind: "damaged", segment: "anchor" }]);
    expect((await started(anchor)).losses).toMatchObject([{ reason: "damaged", count: 0, position: 0 }]);
    expect((await verified(anchor)).found).toEqual([]);
  });

  it("sees bytes that were put between others, and a start reads all that lies behind them", async () => {
    const files = await writtenJournal();
    const [path = ""] = segmentPaths(files);
    const bytes = files.content(path);
    const at = recordAt(bytes, bytes.indexOf("7  "));
    files.replace(path, Buffer.concat([bytes.subarray(0, at), Buffer.alloc(1_000, 0xaa), bytes.subarray(at)]));
    expect((await verified(files)).found).toMatchObject([{ kind: "damaged", position: at, bytes: 1_000 }]);
    const { losses, numbers } = await started(files);
    expect(losses).toMatchObject([{ reason: "damaged", count: 0, position: at, bytes: 1_000 }]);
    expect(numbers).toEqual(range(0, 200));
  });

  it("sees a record that is there twice, which a start reads once", async () => {
    const files = await writtenJournal();
    const [path = ""] = segmentPaths(files);
    const bytes = files.content(path);
    const at = recordAt(bytes, bytes.indexOf("7  "));
    const end = endOfRecord(bytes, at);
    files.replace(path, Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]));
    expect((await verified(files)).found).toMatchObject([{ kind: "damaged", position: end, bytes: end - at }]);
    expect((await started(files)).numbers).toEqual(range(0, 200));
  });

  it("sees a changed hash in a footer, and names the segment that has it as well as the one that it is of", async () => {
    const files = await writtenJournal(400);
    const paths = segmentPaths(files);
    forgeFooter(files, paths[2] ?? "", 60);
    const altered = [1, 2].map((index) => ({ kind: "altered", segment: segmentName(firstOf(paths[index])) }));
    expect((await verified(files)).found).toMatchObject(altered);
  });

  it("takes a segment whose first bytes are being written for no damaged one", async () => {
    const files = await writtenJournal();
    const last = segmentPaths(files).at(-1) ?? "";
    const open = files.open.bind(files);
    let looks = 0;
    files.open = async (path, mode) => {
      const file = await open(path, mode);
      if (path !== last) return file;
      const isWritten = () => looks++ > 0;
      return {
        ...file,
        size: async () => (isWritten() ? file.size() : 0),
        read: async (into, position) => (isWritten() ? file.read(into, position) : 0),
      };
    };
    expect((await verified(files)).found).toEqual([]);
  });

  it("takes a write that it sees half done for no torn end", async () => {
    const files = await writtenJournal();
    const last = segmentPaths(files).at(-1) ?? "";
    const bytes = files.content(last);
    const lengths = [bytes.length - 30, bytes.length - 5];
    const open = files.open.bind(files);
    files.open = async (path, mode) => {
      const file = await open(path, mode);
      return path === last ? { ...file, size: async () => lengths.shift() ?? bytes.length } : file;
    };
    expect((await verified(files)).found).toEqual([]);
  });

  it("sees that the footer of an ended segment is gone, also when the next header was changed to fit", async () => {
    const { crc32 } = await import("node:zlib");
    const files = await writtenJournal();
    const [first = "", second = ""] = segmentPaths(files);
    const bytes = files.content(first);
    const length = bytes.length - bytes.readUInt32LE(bytes.length - 4);
    files.replace(first, bytes.subarray(0, length));
    const next = files.content(second);
    next.writeBigUInt64LE(BigInt(length), 40);
    next.writeUInt32LE(crc32(next.subarray(0, 76)), 76);
    files.replace(second, next);
    expect((await verified(files)).found.map(({ kind }) => kind)).toContain("no_footer");
  });
});
