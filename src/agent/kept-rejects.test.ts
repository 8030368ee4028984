import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FaultyFiles, systemError } from "../../test/parts/faulty-files.ts";
import type { Block, Entry, Loss, RemovedSegment } from "../journal/index.ts";
import { dataDirectory } from "./data-directory.ts";
import { KeptRejects } from "./kept-rejects.ts";

describe("the rejects of a data directory", () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "fieldline-rejects-"));
  });
  afterEach(() => rm(root, { recursive: true }));

  const entry = (offset: number, channel = "bbq/1"): Entry => ({
    kind: "reading",
    input: "grill",
    channel,
    payload: Buffer.from(String(offset)),
    time: { seconds: 1, nanos: offset },
    offset,
  });
  const removed: RemovedSegment = {
    first: 0,
    end: 10,
    read: async function* () {
      yield Array.from({ length: 10 }, (_, offset) => entry(offset, offset === 4 ? "bbq/2" : "bbq/1"));
    },
  };
  const like = { step: "decode", input: "grill", channel: "bbq/1", reason: "no number" };
  const offsetsOf = ({ entries }: Block) => entries.map(({ offset }) => offset);

  it("have one store for each output, and copies of what any of them names, by input and channel too", async () => {
    const kept = await KeptRejects.open(dataDirectory(root));
    const store = await kept.storeOf("influx");
    expect(await kept.storeOf("influx")).toBe(store);
    await store.add([3, 5].map((offset) => ({ ...like, offset })));
    // A range may span readings of other channels.
    await (await kept.storeOf("gone")).add([5, 6].map((offset) => ({ ...like, offset })));
    await kept.beforeRemoval(removed);
    const again = await KeptRejects.open(dataDirectory(root));
    const journal = { begin: 10, read: async (at: number) => ({ entries: [entry(at)], next: at + 1, bytes: 1 }) };
    expect(offsetsOf(await again.over(journal).read(0, 1_000))).toEqual([3, 5, 6]);
    expect(offsetsOf(await again.over(journal).read(6, 1_000))).toEqual([6]);
    expect(offsetsOf(await again.over(journal).read(7, 1_000))).toEqual([10]);
    const [first] = (await again.storeOf("influx")).entries;
    await (await again.storeOf("influx")).drop([first?.id ?? 0]);
    expect(offsetsOf(await again.over(journal).read(0, 1_000))).toEqual([5, 6]);
  });

  it("are read from copies when their segment goes in the middle of reading", async () => {
    const kept = await KeptRejects.open(dataDirectory(root));
    await (await kept.storeOf("influx")).add([{ ...like, offset: 3 }]);
    const journal = {
      begin: 0,
      async read() {
        journal.begin = 10;
        void kept.beforeRemoval(removed);
        return { entries: [entry(10)], next: 11, bytes: 1 };
      },
    };
    expect(offsetsOf(await kept.over(journal).read(3, 1_000))).toEqual([3]);
  });

  it("lose copies aloud: how many, which, and what to do", async () => {
    const files = new FaultyFiles();
    const losses: Loss[] = [];
    const kept = await KeptRejects.open(dataDirectory(root), files, (loss) => losses.push(loss));
    await (await kept.storeOf("influx")).add([{ ...like, offset: 3 }]);
    files.fault = (operation, path) => (operation === "sync" ? systemError("EDQUOT", path) : undefined);
    await kept.beforeRemoval(removed);
    expect(kept.copiedBytes).toBeGreaterThan(0);
    await kept.close();
    expect(losses).toMatchObject([{ reason: "reject_not_copied", count: 1, fromOffset: 3, toOffset: 4 }]);
    expect(losses[0]?.message).toMatch(/^1 readings? that rejects name, .* could not be copied .*EDQUOT/);
  });
});
