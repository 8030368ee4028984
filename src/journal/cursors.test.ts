import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { FaultyFiles, systemError } from "../../test/parts/faulty-files.ts";
import { CursorStore, readCursors } from "./index.ts";

const DIRECTORY = "/data/cursors";

it("keeps each output's cursor in a file of its own, also for odd ids", async () => {
  const folder = await mkdtemp(join(tmpdir(), "fieldline-cursors-"));
  try {
    const directory = join(folder, "cursors");
    const store = await CursorStore.open(directory);
    expect(store.load("influx")).toBeUndefined();
    await store.save("influx", { offset: 7, state: { windows: [1, -2.5, "x"], ["__proto__x"]: null } });
    await store.save("../ö b", { offset: 2 ** 52 });
    expect((await readdir(directory)).toSorted()).toEqual(["..%2F%C3%B6%20b.json", "influx.json"]);
    const again = await CursorStore.open(directory);
    expect(again.load("influx")).toEqual({ offset: 7, state: { windows: [1, -2.5, "x"], ["__proto__x"]: null } });
    expect(again.load("../ö b")).toEqual({ offset: 2 ** 52 });
    expect(again.list().map(({ output }) => output)).toEqual(["../ö b", "influx"]);
    expect(again.damage).toEqual([]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

it("reads a file from before cursors held more than an offset", async () => {
  const folder = await mkdtemp(join(tmpdir(), "fieldline-cursors-"));
  try {
    await writeFile(join(folder, "influx.json"), '{"version":1,"crc32":3732878591,"cursor":{"offset":1234}}\n');
    const store = await CursorStore.open(folder);
    expect([store.load("influx"), store.damage]).toEqual([{ offset: 1234 }, []]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

it("puts a damaged file aside, whatever byte changed, and says what follows", async () => {
  const folder = await mkdtemp(join(tmpdir(), "fieldline-cursors-"));
  try {
    await (await CursorStore.open(folder)).save("influx", { offset: 1234 });
    const path = join(folder, "influx.json");
    const bytes = await readFile(path);
    for (const change of [
      bytes.subarray(0, 10),
      Buffer.from(bytes.toString().replace("1234", "1235")),
      Buffer.alloc(0),
    ]) {
      await writeFile(path, change);
      const store = await CursorStore.open(folder);
      expect(store.load("influx")).toBeUndefined();
      expect(store.damage).toMatchObject([{ output: "influx", message: expect.stringContaining("put aside") }]);
      expect(await readdir(folder)).toEqual(["influx.json.damaged"]);
    }
    const flipped = bytes.toString().replace('"version":1', '"version":2');
    await writeFile(path, flipped);
    expect((await CursorStore.open(folder)).load("influx")).toMatchObject({ offset: 1234 });
    await writeFile(path, flipped.replace('"crc32":', '"crc32":1'));
    await expect(CursorStore.open(folder)).rejects.toThrow(/influx.json has cursor format 2/);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

it("writes one cursor of an output at a time, and of those that wait the newest alone", async () => {
  const files = new FaultyFiles();
  const store = await CursorStore.open(DIRECTORY, files);
  const saves = Array.from({ length: 100 }, (_, offset) => store.save("influx", { offset }));
  await Promise.all(saves);
  expect(files.counts.rename).toBe(2);
  expect(store.load("influx")).toEqual({ offset: 99 });
  expect((await CursorStore.open(DIRECTORY, files)).load("influx")).toEqual({ offset: 99 });
});

it("keeps the old cursor when the new one cannot be written, and writes the next", async () => {
  const files = new FaultyFiles();
  const store = await CursorStore.open(DIRECTORY, files);
  await store.save("influx", { offset: 1 });
  for (const operation of ["open", "write", "sync", "rename"] as const) {
    files.fault = (each, path) => (each === operation ? systemError("ENOSPC", path) : undefined);
    await expect(store.save("influx", { offset: 2 })).rejects.toThrow("ENOSPC");
    files.fault = () => undefined;
    expect((await CursorStore.open(DIRECTORY, files)).load("influx")).toEqual({ offset: 1 });
  }
  await store.save("influx", { offset: 3 });
  expect(store.load("influx")).toEqual({ offset: 3 });
});

it("has after a power cut the last saved cursor or one that was being saved", async () => {
  const number = fc.nat(999).map((thousandths) => thousandths / 1000);
  await fc.assert(
    fc.asyncProperty(fc.array(number, { minLength: 1, maxLength: 12 }), fc.nat(12), async (numbers, turns) => {
      const files = new FaultyFiles();
      const store = await CursorStore.open(DIRECTORY, files);
      await store.save("influx", { offset: 1, state: "a".repeat(100) });
      const saving = store.save("influx", { offset: 2, state: "b".repeat(50) }).catch(() => {});
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      let at = 0;
      files.powerCut(() => numbers[at++ % numbers.length] ?? 0);
      await saving;
      const again = await CursorStore.open(DIRECTORY, files);
      expect(again.damage).toEqual([]);
      expect([1, 2]).toContain(again.load("influx")?.offset);
    }),
    { numRuns: 300 },
  );
});

it("gives a cursor to another output, and forgets it, so that no power cut brings it back", async () => {
  const files = new FaultyFiles();
  const store = await CursorStore.open(DIRECTORY, files);
  await store.save("old", { offset: 5, state: { sum: 2 } });
  await store.save("other", { offset: 9 });
  await store.rename("old", "new");
  await store.forget("other");
  files.powerCut(() => 0.9);
  const kept = [{ output: "new", cursor: { offset: 5, state: { sum: 2 } } }];
  expect(store.list()).toEqual(kept);
  expect((await CursorStore.open(DIRECTORY, files)).list()).toEqual(kept);
  await store.save("new", { offset: 6 });
  expect((await CursorStore.open(DIRECTORY, files)).load("new")).toEqual({ offset: 6 });
});

it("can be looked at without a change, damaged or not", async () => {
  const files = new FaultyFiles();
  const store = await CursorStore.open(DIRECTORY, files);
  await store.save("a", { offset: 5 });
  await store.save("b", { offset: 6 });
  files.replace(`${DIRECTORY}/b.json`, Buffer.from("{"));
  const paths = files.paths();
  expect([...(await readCursors(DIRECTORY, files))]).toEqual([
    ["a", { offset: 5 }],
    ["b", undefined],
  ]);
  expect(files.paths()).toEqual(paths);
  expect(await readCursors(join(tmpdir(), "fieldline-none"))).toEqual(new Map());
});
