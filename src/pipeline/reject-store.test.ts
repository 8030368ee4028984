import { appendFile, mkdir, mkdtemp, rename, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RejectStore } from "./reject-store.ts";

const like = { step: "decode", input: "grill", channel: "bbq/1", reason: "no number" };

describe("reject store", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "fieldline-rejects-"));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const open = () => RejectStore.open(join(folder, "influx.jsonl"));

  it("makes like rejects one entry with a range and a count, also over a restart", async () => {
    const store = await open();
    await store.add([
      { ...like, offset: 3 },
      { ...like, offset: 8 },
      { ...like, offset: 5, reason: "other" },
    ]);
    await store.add([{ ...like, offset: 20, line: "m v=1" }]);
    const again = await open();
    expect(again.entries).toMatchObject([
      { ...like, id: 1, first: 3, last: 20, count: 3, line: "m v=1" },
      { ...like, id: 2, reason: "other", first: 5, last: 5, count: 1 },
    ]);
    expect(again.entries).toEqual(store.entries);
  });

  it("forgets what is dropped, also over a restart, and gives its id to no other", async () => {
    const store = await open();
    await store.add([
      { ...like, offset: 1 },
      { ...like, offset: 2, reason: "other" },
    ]);
    await store.drop([2, 7]);
    expect((await open()).entries).toMatchObject([{ id: 1 }]);
    const again = await open();
    await again.drop([1]);
    await again.add([{ ...like, offset: 3 }]);
    expect(again.entries).toMatchObject([{ id: 3, count: 1, ranges: [[3, 3]] }]);
    await appendFile(join(folder, "influx.jsonl"), "torn");
    const torn = await open();
    await torn.drop([3]);
    const empty = await open();
    expect(empty.entries).toEqual([]);
    await empty.add([{ ...like, offset: 4 }]);
    expect(empty.entries).toMatchObject([{ id: 4 }]);
  });

  it("adds no more to an entry that was detached, also over a restart", async () => {
    const store = await open();
    await store.add([{ ...like, offset: 1 }]);
    expect(await store.detach(1)).toMatchObject({ id: 1, count: 1 });
    expect(await store.detach(9)).toBeUndefined();
    await store.add([{ ...like, offset: 2 }]);
    await store.add([{ ...like, offset: 3 }]);
    expect(store.entries).toMatchObject([
      { id: 1, count: 1 },
      { id: 2, count: 2 },
    ]);
    expect((await open()).entries).toEqual(store.entries);
  });

  it("goes on after a torn last line", async () => {
    await (await open()).add([{ ...like, offset: 1 }]);
    await appendFile(join(folder, "influx.jsonl"), '{"id":2,"step":"dec');
    const store = await open();
    await store.add([{ ...like, offset: 2 }]);
    expect((await open()).entries).toMatchObject([{ count: 2 }]);
  });

  it("counts a reject once although it could not be written at first, and leaves nothing torn", async () => {
    const store = await open();
    await store.add([{ ...like, offset: 1 }]);
    const path = join(folder, "influx.jsonl");
    await rename(path, `${path}.away`);
    await mkdir(path);
    for (let attempt = 0; attempt < 3; attempt++)
      await expect(store.add([{ ...like, offset: 2 }])).rejects.toThrow("EISDIR");
    expect(store.entries).toMatchObject([{ count: 1 }]);
    await rmdir(path);
    await writeFile(path, '{"id":1,"step":"dec');
    await store.add([{ ...like, offset: 2 }]);
    await store.add([{ ...like, offset: 3 }]);
    expect(store.entries).toMatchObject([{ count: 3, first: 1, last: 3 }]);
    expect((await open()).entries).toEqual(store.entries);
  });

  it("keeps a bounded number of bytes, however long channels and reasons are", async () => {
    const store = await open();
    for (let round = 0; round < 10; round++) {
      const found = Array.from({ length: 50 }, (_, n) => ({
        ...like,
        channel: `${round}/${n}/${"x".repeat(60_000)}`,
        offset: n,
      }));
      await store.add(found);
    }
    expect(store.evicted).toBeGreaterThan(200);
    expect(JSON.stringify(store.entries).length).toBeLessThan(17 * 2 ** 20);
    expect((await stat(join(folder, "influx.jsonl"))).size).toBeLessThan(64 * 2 ** 20);
  });

  it("keeps a bounded number of entries, the newest, and a bounded file", async () => {
    const store = await open();
    for (let round = 0; round < 35; round++) {
      await store.add(Array.from({ length: 1000 }, (_, n) => ({ ...like, channel: `bbq/${round}/${n}`, offset: n })));
    }
    expect(store.entries).toHaveLength(10_000);
    expect(store.evicted).toBe(25_000);
    const again = await open();
    expect(again.entries.at(-1)?.channel).toBe("bbq/34/999");
    expect(again.entries).toEqual(store.entries);
  });
});
