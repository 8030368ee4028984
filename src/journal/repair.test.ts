import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { forge, forgeFooter, started, verified, writtenJournal } from "../../test/parts/broken-journal.ts";
import { FaultyFiles, systemError } from "../../test/parts/faulty-files.ts";
import { arrivals, DIRECTORY, openJournal, segmentPaths } from "../../test/parts/journal.ts";
import { type Repair, repairJournal } from "./repair.ts";
import { segmentName } from "./segment.ts";

const range = (from: number, end: number) => Array.from({ length: end - from }, (_, index) => from + index);

async function repaired(files: FaultyFiles): Promise<readonly Repair[]> {
  const repairs: Repair[] = [];
  const { signal } = new AbortController();
  await repairJournal(DIRECTORY, { files, signal, onRepaired: (repair) => repairs.push(repair) });
  return repairs;
}

const kept = (files: FaultyFiles, name: string) => files.content(join(DIRECTORY, "damaged", name));

/** Zeros the first byte of a reading's payload. */
function damage(files: FaultyFiles, path: string, payload: string): void {
  const bytes = files.content(path);
  const at = bytes.indexOf(payload);
  files.replace(path, bytes.fill(0, at, at + 1));
}

/** All that can be wrong at once: what is lost of 400 readings, and the offsets. */
async function broken(): Promise<{ files: FaultyFiles; lost: ReadonlySet<number> }> {
  const files = await writtenJournal(400);
  const paths = segmentPaths(files);
  const firsts = paths.map((path) => Number(path.slice(-28, -8)));
  const [, second = 0, third = 0] = firsts;
  damage(files, paths[0] ?? "", "7  ");
  damage(files, paths[0] ?? "", "8  ");
  await files.remove(paths[1] ?? "");
  await files.syncDirectory(DIRECTORY);
  files.replace(paths[3] ?? "", files.content(paths[3] ?? "").fill(0xff, 0, 80));
  forge(files, paths[4] ?? "", `${(firsts[4] ?? 0) + 3}  `, `${(firsts[4] ?? 0) + 3}\t `);
  const last = paths.at(-1) ?? "";
  files.replace(last, Buffer.concat([files.content(last), Buffer.alloc(100)]));
  files.replace(join(DIRECTORY, segmentName(second + 3)), files.content(paths[0] ?? ""));
  files.replace(join(DIRECTORY, "notes.txt"), Buffer.from("mine"));
  return { files, lost: new Set([7, 8, ...range(second, third)]) };
}

describe("repair", () => {
  it("does nothing to a journal with which nothing is wrong", async () => {
    const files = await writtenJournal();
    const before = files.paths();
    expect(await repaired(files)).toEqual([]);
    expect(files.paths()).toEqual(before);
  });

  it("keeps the file that it replaces, and all readings that are intact at their offsets", async () => {
    const files = await writtenJournal();
    const [path = ""] = segmentPaths(files);
    damage(files, path, "7  ");
    const original = files.content(path);
    expect(await repaired(files)).toMatchObject([{ segment: segmentName(0), lost: 1 }]);
    expect(kept(files, segmentName(0))).toEqual(original);
    expect(await verified(files)).toMatchObject({ found: [], readings: 199, lost: 1, toOffset: 200 });
    const { losses, numbers } = await started(files);
    expect(losses).toEqual([]);
    expect(numbers).toEqual(range(0, 200).filter((number) => number !== 7));
    expect(await verified(files)).toMatchObject({ found: [], lost: 1 });
  });

  it("cuts a torn end off after keeping it, and gives no offset again that it may have held", async () => {
    const files = await writtenJournal();
    const last = segmentPaths(files).at(-1) ?? "";
    const torn = Buffer.concat([files.content(last), Buffer.alloc(100)]);
    files.replace(last, torn);
    expect(await repaired(files)).toMatchObject([{ segment: last.slice(-28), lost: 0 }]);
    expect(kept(files, last.slice(-28))).toEqual(torn);
    expect(await verified(files)).toMatchObject({ found: [], readings: 200, lost: 0, toOffset: 205 });
    expect((await started(files)).numbers).toEqual(range(0, 200));
    expect((await verified(files)).found).toEqual([]);
  });

  it("tells what is missing at the beginning, and then no more", async () => {
    const files = await writtenJournal();
    const [first = "", second = ""] = segmentPaths(files);
    await files.remove(first);
    const lost = Number(second.slice(-28, -8));
    expect(await repaired(files)).toMatchObject([{ segment: "anchor", lost }]);
    expect(await verified(files)).toMatchObject({ found: [], fromOffset: lost });
    expect((await started(files)).losses).toEqual([]);
  });

  it("repairs everything at once, and what is left is what was not lost", async () => {
    const { files, lost } = await broken();
    const kinds = new Set((await verified(files)).found.map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(["damaged", "missing", "altered", "torn", "extra"]));
    const repairs = await repaired(files);
    expect(await verified(files)).toMatchObject({ found: [], lost: lost.size });
    expect(repairs.reduce((sum, each) => sum + each.lost, 0)).toBe(lost.size);
    const { losses, numbers } = await started(files);
    expect(losses).toEqual([]);
    expect(numbers).toEqual(range(0, 400).filter((number) => !lost.has(number)));
    expect((await verified(files)).found).toEqual([]);
    expect(await repaired(files)).toEqual([]);
  });

  it("mends a footer whose hash was changed, in the middle and after what retention has removed", async () => {
    const files = new FaultyFiles();
    let now = 0;
    const journal = await openJournal(files, { segmentSize: 2_000, maxAgeMs: 1_000, monotonic: () => now });
    await journal.append("grill", arrivals(0, 400), { senderWaits: true });
    now = 5_000;
    journal.setDelivered(100, 100);
    await journal.close();
    const [first = "", , third = ""] = segmentPaths(files);
    for (const path of [first, third]) forgeFooter(files, path, 60);
    await repaired(files);
    expect(await verified(files)).toMatchObject({ found: [], lost: 0, readings: 400 - journal.begin });
    expect(await repaired(files)).toEqual([]);
  });

  it.each([80, 300])("gives a file of %d foreign bytes that looks like the newest segment a place", async (length) => {
    const files = await writtenJournal();
    files.replace(join(DIRECTORY, segmentName(5_000)), Buffer.alloc(length, 0xaa));
    await repaired(files);
    expect((await verified(files)).found).toEqual([]);
    expect(await repaired(files)).toEqual([]);
    expect((await started(files)).numbers).toEqual(range(0, 200));
    expect((await verified(files)).found).toEqual([]);
  });

  it("can be cut off after any step and run again, and leaves a journal that starts", async () => {
    for (let operations = 0, cut = true; cut; operations += 1) {
      const { files, lost } = await broken();
      let left = operations;
      files.fault = (_, path) => (left-- > 0 ? undefined : systemError("EIO", path));
      cut = await repaired(files).then(
        () => false,
        () => true,
      );
      files.powerCut(() => (operations % 3) / 2);
      files.fault = () => undefined;
      await repaired(files);
      expect(await verified(files), `after ${operations} operations`).toMatchObject({ found: [], lost: lost.size });
      expect((await started(files)).numbers).toEqual(range(0, 400).filter((number) => !lost.has(number)));
      expect(operations).toBeLessThan(1_000);
    }
  });
});
