import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FaultyFiles, systemError } from "../../test/parts/faulty-files.ts";
import { arrivals, DIRECTORY, numbersOf, openJournal, readAll } from "../../test/parts/journal.ts";
import { until } from "../../test/parts/program.ts";
import { CursorStore, Journal } from "./index.ts";
import { nodeFiles } from "./node-files.ts";

const RESERVE = join(DIRECTORY, "reserve");
const WAITS = { senderWaits: true };

/** A disk of so many bytes: what would make it hold more fails. */
class SmallDisk extends FaultyFiles {
  readonly #bytes: number;

  constructor(bytes: number) {
    super();
    this.#bytes = bytes;
  }

  get used(): number {
    return this.paths().reduce((sum, path) => sum + this.content(path).length, 0);
  }

  override async open(path: string, mode: "read" | "write") {
    const file = await super.open(path, mode);
    return {
      ...file,
      write: async (buffers: readonly Uint8Array[], position: number) => {
        const end = buffers.reduce((sum, each) => sum + each.length, position);
        const room = this.#bytes - this.used + (await file.size());
        if (end <= room) return file.write(buffers, position);
        if (room > position) await file.write([Buffer.concat(buffers).subarray(0, room - position)], position);
        throw systemError("ENOSPC", path);
      },
    };
  }
}

describe("room that is set aside on the disk", () => {
  it("is a file whose blocks are there", async () => {
    const directory = await mkdtemp(join(tmpdir(), "fieldline-reserve-"));
    try {
      const options = { directory, durability: "disk", syncWithinMs: 5, maxSize: 2 ** 30, maxAgeMs: 1e12 } as const;
      const journal = await Journal.open({ ...options, whenFull: "block" });
      const { blocks, size } = await import("node:fs/promises").then(({ stat }) => stat(join(directory, "reserve")));
      expect(size).toBe(256 * 1024);
      expect(blocks * 512).toBeGreaterThanOrEqual(size);
      expect(await nodeFiles.room?.(directory)).toBeGreaterThan(0);
      await journal.close();
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it("lets cursors move on a disk that is full, until what is delivered has made room for what waits", async () => {
    const disk = new SmallDisk(400_000);
    const journal = await openJournal(disk, { segmentSize: 20_000 });
    const cursors = await CursorStore.open("/data/cursors", disk);
    cursors.spare = () => journal.spare();
    const told: number[] = [];
    let waiting: Promise<unknown> | undefined;
    for (let count = 0; waiting === undefined; count += 10) {
      const appended = journal.append("grill", arrivals(count, 10, 400), WAITS).then(() => told.push(count));
      await Promise.race([appended, until("the disk is full", () => disk.content(RESERVE).length === 0)]);
      if (!told.includes(count)) waiting = appended;
    }
    const acknowledged = told.length * 10;
    expect(disk.used).toBeLessThan(400_000 - 100_000);
    expect(numbersOf(await readAll(journal))).toHaveLength(acknowledged);
    // The cursor's old file and its new one are on the disk together.
    await cursors.save("influx", { offset: acknowledged, state: "x".repeat(50_000) });
    await cursors.save("influx", { offset: acknowledged, state: "x".repeat(50_000) });
    journal.setDelivered(acknowledged, acknowledged);
    await waiting;
    expect(journal.begin).toBeGreaterThan(0);
    expect(numbersOf(await readAll(journal, journal.begin)).at(-1)).toBe(acknowledged + 9);
    expect(disk.content(RESERVE)).toHaveLength(256 * 1024);
    await journal.close();
  });

  it("is given to a cursor when somebody else has filled the disk", async () => {
    const disk = new SmallDisk(400_000);
    const journal = await openJournal(disk);
    const cursors = await CursorStore.open("/data/cursors", disk);
    disk.replace("/data/movie.mp4", Buffer.alloc(400_000 - disk.used));
    await expect(cursors.save("influx", { offset: 1 })).rejects.toThrow("ENOSPC");
    cursors.spare = () => journal.spare();
    await cursors.save("influx", { offset: 1 });
    expect(disk.content(RESERVE)).toHaveLength(0);
    // The journal leaves that room to the cursors until it has it back.
    const appended = journal.append("grill", arrivals(0, 10), WAITS);
    await cursors.save("influx", { offset: 2 });
    expect(journal.end).toBe(0);
    await disk.remove("/data/movie.mp4");
    expect(await appended).toBe(true);
    expect(disk.content(RESERVE)).toHaveLength(256 * 1024);
    await journal.close();
  });

  it("is not asked for by a journal in memory", async () => {
    const files = new FaultyFiles();
    const journal = await openJournal(files, { durability: "memory" });
    expect(files.paths()).not.toContain(RESERVE);
    await journal.close();
  });
});
