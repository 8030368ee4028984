/**
 * Appends records of 100 bytes (76 of payload) again and again. Arguments, as JSON: which `side`, `ours` or `copy` (each
 * record copied into a chunk of 64 KiB, and its crc32 taken there and written before it); where `writes` go, `nowhere`
 * or a `file`; how many readings a `batch` has; how many `records`. Prints the CPU time of the whole process per
 * record, in nanoseconds, after the warm-up.
 *
 * Counted of ours: encoding, the checksums, group commit, segments with their headers, footers and SHA-256. Not counted:
 * making the readings, which are the same ones in each turn; syncs, which do nothing.
 */
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { Journal, nodeFiles } from "../../src/journal/index.ts";
import { addNanos, type Arrival } from "../../src/model/index.ts";
import { settingsOf } from "./control.ts";
import { discardedFiles, unsyncedFiles } from "./discarded-files.ts";

export interface AppendSettings {
  readonly side: "ours" | "copy";
  readonly writes: "nowhere" | "file";
  readonly batch: number;
  readonly records: number;
}

/** Appends this many readings, and is made durable up to there. */
interface Appender {
  readonly turn: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const RECORD_BYTES = 100;
const HEAD_BYTES = 24;
/** Records between two waits for the disk. */
const TURN = 4_096;
const CHUNK_BYTES = 65_536;
const WARM_UP_TURNS = 25;

const settings = settingsOf() as AppendSettings;
const folder = await mkdtemp(join(tmpdir(), "fieldline-bench-"));
try {
  const appender = settings.side === "ours" ? await journal() : await copier();
  const turns = Math.ceil(settings.records / TURN);
  for (let turn = 0; turn < WARM_UP_TURNS; turn += 1) await appender.turn();
  const before = process.cpuUsage();
  for (let turn = 0; turn < turns; turn += 1) await appender.turn();
  const { user, system } = process.cpuUsage(before);
  await appender.close();
  process.stdout.write(`${JSON.stringify({ nanoseconds: ((user + system) * 1_000) / (turns * TURN) })}\n`);
} finally {
  await rm(folder, { recursive: true });
}

async function journal(): Promise<Appender> {
  const opened = await Journal.open({
    directory: join(folder, "journal"),
    durability: "disk",
    syncWithinMs: 1_000,
    maxSize: 2 ** 30,
    maxAgeMs: 604_800_000,
    whenFull: "block",
    files: settings.writes === "nowhere" ? discardedFiles() : unsyncedFiles(nodeFiles),
  });
  const arrivals = payloads().map((payload, index): Arrival => {
    const time = addNanos({ seconds: 1_790_000_000, nanos: 0 }, index * payload.length);
    return { channel: "bench/d0/state", payload, time };
  });
  const batches = Array.from({ length: TURN / settings.batch }, (_, index) =>
    arrivals.slice(index * settings.batch, (index + 1) * settings.batch),
  );
  let turns = 0;
  return {
    turn: async () => {
      let durable: Promise<boolean> | undefined;
      for (const batch of batches) durable = opened.append("sensors", batch);
      await Promise.all([durable, opened.sync()]);
      turns += 1;
    },
    close: async () => {
      await opened.close();
      const { writtenBytes, appendedReadings } = opened.stats;
      const bytes = writtenBytes / appendedReadings;
      if (appendedReadings !== turns * TURN || Math.abs(bytes - RECORD_BYTES) > 1)
        throw new Error(`${appendedReadings} readings were appended, of ${bytes} bytes each`);
    },
  };
}

async function copier(): Promise<Appender> {
  const records = payloads().map((payload) => Buffer.concat([Buffer.alloc(HEAD_BYTES), payload]));
  const file = settings.writes === "nowhere" ? undefined : await open(join(folder, "copies"), "w");
  const chunks = Array.from({ length: Math.ceil((TURN * RECORD_BYTES) / CHUNK_BYTES) + 1 }, () =>
    Buffer.alloc(CHUNK_BYTES),
  );
  return {
    turn: async () => {
      const filled: Buffer[] = [];
      let chunk = chunks[0] as Buffer;
      let at = 0;
      for (const record of records) {
        if (at + record.length > CHUNK_BYTES) {
          filled.push(chunk.subarray(0, at));
          chunk = chunks[filled.length] as Buffer;
          at = 0;
        }
        chunk.set(record, at);
        chunk.writeUInt32LE(crc32(chunk.subarray(at + 4, at + RECORD_BYTES)), at);
        at += RECORD_BYTES;
      }
      filled.push(chunk.subarray(0, at));
      await file?.writev(filled);
    },
    close: async () => file?.close(),
  };
}

/** What a turn appends: texts that differ. */
function payloads(): Buffer[] {
  return Array.from({ length: TURN }, (_, index) =>
    Buffer.from(
      `{"probe":"p1","temp":{"c":${90 + (index % 10)}.25},"hum":41.5,"seq":${10_000_000 + index},"ok":true}`.padEnd(76),
    ),
  );
}
