import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { verified } from "../../test/parts/broken-journal.ts";
import { FaultyFiles, systemError } from "../../test/parts/faulty-files.ts";
import { arrivals, numbersOf, openJournal, readAll } from "../../test/parts/journal.ts";
import { CursorStore, type FileLayer, type Journal, type Loss, type OpenFile } from "./index.ts";

const CODES = ["EIO", "ENOSPC", "EROFS"];
/** How long a disk fails that does so for a while. */
const OUTAGE_MS = 100;

/** Files of which every call is announced first, which may throw. */
function announced(files: FaultyFiles, call: (path: string) => void): FileLayer {
  const on = async <T>(path: string, run: () => Promise<T>): Promise<T> => {
    call(path);
    return run();
  };
  const openFile = (path: string, file: OpenFile): OpenFile => ({
    write: (buffers, position) => on(path, () => file.write(buffers, position)),
    read: (into, position) => on(path, () => file.read(into, position)),
    sync: () => on(path, () => file.sync()),
    truncate: (length) => on(path, () => file.truncate(length)),
    size: () => on(path, () => file.size()),
    close: () => on(path, () => file.close()),
  });
  return {
    makeDirectory: (path) => on(path, () => files.makeDirectory()),
    list: (path) => on(path, () => files.list(path)),
    open: (path, mode) => on(path, async () => openFile(path, await files.open(path, mode))),
    rename: (from, to) => on(from, () => files.rename(from, to)),
    remove: (path) => on(path, () => files.remove(path)),
    syncDirectory: (path) => on(path, () => files.syncDirectory(path)),
    room: (path) => on(path, async () => 2 ** 30),
  };
}

/** As an agent does that is started again and again. */
async function untilDone<T>(run: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await run();
    } catch {
      await sleep(10);
    }
  }
}

/** Two runs of an agent with several segments each, retention and a cursor; returns how many calls it made. */
async function history(failsAt: number, forLong: boolean): Promise<number> {
  const files = new FaultyFiles();
  const losses: Loss[] = [];
  let calls = 0;
  let until = 0;
  const layer = announced(files, (path) => {
    calls += 1;
    if (calls === failsAt && forLong) until = performance.now() + OUTAGE_MS;
    if (calls === failsAt || performance.now() < until) throw systemError(CODES[failsAt % 3] ?? "", path);
  });
  const acknowledged = new Set<number>();
  let running = 0;
  let saved = 0;
  const append = async (journal: Journal, first: number, count: number) => {
    await journal.append("grill", arrivals(first, count, 60), { senderWaits: true });
    for (let number = first; number < first + count; number++) acknowledged.add(number);
  };
  for (const first of [0, 100]) {
    const cursors = await untilDone(() => CursorStore.open("/data/cursors", layer));
    expect(cursors.load("influx")?.offset ?? 0).toBeGreaterThanOrEqual(saved);
    const options = { segmentSize: 2_500, maxAgeMs: 1_000, monotonic: () => running, atLeast: cursors.end };
    const onLoss = (loss: Loss) => losses.push(loss);
    const journal = await untilDone(() => openJournal(layer, { ...options, onLoss }));
    await append(journal, first, 20);
    await Promise.all([append(journal, first + 20, 40), append(journal, first + 60, 20)]);
    const offset = Math.floor(journal.end / 2);
    await untilDone(() => cursors.save("influx", { offset }));
    const kept = await untilDone(() => readAll(journal, offset));
    for (const number of acknowledged) if (!numbersOf(kept).includes(number)) acknowledged.delete(number);
    expect(acknowledged.size).toBe(journal.end - offset);
    saved = offset;
    running += 5_000;
    journal.setDelivered(offset, offset);
    await append(journal, first + 80, 20);
    await journal.close().catch(() => undefined);
  }
  expect(losses).toEqual([]);
  expect((await verified(files)).found).toEqual([]);
  const journal = await openJournal(files, { segmentSize: 2_500 });
  const numbers = numbersOf(await readAll(journal, journal.begin));
  expect([...acknowledged].filter((number) => !numbers.includes(number))).toEqual([]);
  expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
  await journal.close();
  return calls;
}

it("loses nothing that was acknowledged, and goes on, whichever call to the disk fails, once or for a while", async () => {
  const calls = await history(0, false);
  expect(calls).toBeGreaterThan(100);
  const histories = Array.from(
    { length: 2 * calls },
    (_, index) => () =>
      history(1 + (index >> 1), index % 2 === 1).catch((cause: unknown) => {
        throw new Error(`call ${1 + (index >> 1)} fails${index % 2 === 1 ? " for a while" : ""}`, { cause });
      }),
  );
  const next = async () => {
    for (let run = histories.pop(); run !== undefined; run = histories.pop()) await run();
  };
  await Promise.all(Array.from({ length: 100 }, next));
}, 60_000);
