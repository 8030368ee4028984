import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { crc32 } from "node:zlib";
import { afterEach, beforeEach, expect, it } from "vitest";
import { arrivals, numbersOf, readAll } from "../../test/parts/journal.ts";
import { Journal, type JournalProblem, verifyJournal } from "./index.ts";
import { segmentName } from "./segment.ts";

const GOLDEN = fileURLToPath(new URL("golden/format-1/journal", import.meta.url));
const FIRST = segmentName(0);

let folder: string;
let directory: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fieldline-golden-"));
  directory = join(folder, "journal");
  await cp(GOLDEN, directory, { recursive: true });
});
afterEach(() => rm(folder, { recursive: true }));

const open = () =>
  Journal.open({
    directory,
    durability: "disk",
    syncWithinMs: 5,
    maxSize: 2 ** 20,
    segmentSize: 1_500,
    maxAgeMs: 1e12,
    whenFull: "block",
  });

async function problems(): Promise<readonly JournalProblem[]> {
  const found: JournalProblem[] = [];
  const { signal } = new AbortController();
  await verifyJournal(directory, { signal, onProblem: (problem) => found.push(problem) });
  return found;
}

// The files were written once, by the first version, which knew no footers, and stay as they are.
it("a journal of the first version is read, verified, and written on", async () => {
  expect(await problems()).toEqual([]);
  const journal = await open();
  expect(journal.recovered.damage).toEqual([]);
  const entries = await readAll(journal);
  expect(entries.map(({ offset }) => offset)).toEqual(entries.map((_, index) => index));
  const readings = entries.filter((entry) => entry.kind === "reading");
  expect(readings.map(({ payload }) => Buffer.from(payload).toString())).toEqual(
    Array.from({ length: 100 }, (_, number) => `${number} °C`),
  );
  expect(readings[80]).toMatchObject({ input: "grill", channel: "bbq/0", attributes: { packet: "7", ü: "" } });
  expect(readings[45]).toMatchObject({ input: "smoker", channel: "bbq/2", time: { seconds: 1_790_000_045, nanos: 7 } });
  const marks = entries.filter((entry) => entry.kind !== "reading").map(({ kind }) => kind);
  expect(marks).toEqual(["start", "clock_step", "stop"]);
  await journal.append("grill", arrivals(100, 100), { senderWaits: true });
  await journal.close();
  expect(await problems()).toEqual([]);
  const again = await open();
  expect(numbersOf((await readAll(again)).slice(-100))).toEqual(Array.from({ length: 100 }, (_, each) => 100 + each));
  expect(again.recovered.clockSteps).toBe(1);
  await again.close();
});

it("a journal of a newer version is refused by name, with what to do, and is left as it is", async () => {
  const path = join(directory, FIRST);
  const bytes = await readFile(path);
  bytes.writeUInt16LE(2, 8);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 76)), 76);
  await writeFile(path, bytes);
  const refusal = /segment has journal format 2, and this fieldline reads format 1: run the version of fieldline/;
  await expect(open()).rejects.toThrow(refusal);
  await expect(problems()).rejects.toThrow(refusal);
  expect(await readFile(path)).toEqual(bytes);
});

it("an anchor of a newer version is refused as well", async () => {
  const anchor = { version: 2, sequence: 1 };
  await writeFile(join(directory, "anchor"), JSON.stringify({ crc32: crc32(JSON.stringify(anchor)), anchor }));
  await expect(open()).rejects.toThrow(
    /anchor has anchor format 2, and this fieldline reads format 1: run the version/,
  );
});
