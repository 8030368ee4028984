import { crc32 } from "node:zlib";
import { type JournalProblem, type Loss, type VerifiedJournal, verifyJournal } from "../../src/journal/index.ts";
import { FaultyFiles } from "./faulty-files.ts";
import { arrivals, DIRECTORY, numbersOf, openJournal, readAll } from "./journal.ts";

export const SEGMENT_SIZE = 2_000;

/** A journal of two inputs and several segments, closed. */
export async function writtenJournal(readings = 200): Promise<FaultyFiles> {
  const files = new FaultyFiles();
  const journal = await openJournal(files, { segmentSize: SEGMENT_SIZE });
  for (let count = 0; count < readings; count += 20) {
    await journal.append("grill", arrivals(count, 10), { senderWaits: true });
    await journal.append("smoker", arrivals(count + 10, 10), { senderWaits: true });
  }
  await journal.close();
  return files;
}

/** What verify says. */
export async function verified(files: FaultyFiles): Promise<VerifiedJournal & { found: readonly JournalProblem[] }> {
  const found: JournalProblem[] = [];
  const { signal } = new AbortController();
  const result = await verifyJournal(DIRECTORY, { files, signal, onProblem: (problem) => found.push(problem) });
  return { ...result, found };
}

/** What an agent finds that opens the journal, and the numbers that it can read. */
export async function started(files: FaultyFiles): Promise<{ losses: readonly Loss[]; numbers: readonly number[] }> {
  const losses: Loss[] = [];
  const journal = await openJournal(files, { segmentSize: SEGMENT_SIZE, onLoss: (loss) => losses.push(loss) });
  const numbers = numbersOf(await readAll(journal, journal.begin));
  await journal.append("grill", arrivals(9_000, 1), { senderWaits: true });
  const last = numbersOf(await readAll(journal, journal.begin)).at(-1);
  if (last !== 9_000) throw new Error(`the journal cannot be written on: its last reading is ${last}`);
  await journal.close();
  return { losses, numbers };
}

/** Changes a reading's payload and mends its checksum, as somebody might who knows the format. */
export function forge(files: FaultyFiles, path: string, from: string, to: string): void {
  const bytes = files.content(path);
  const at = bytes.indexOf(from);
  bytes.write(to, at);
  mend(bytes, path, recordAt(bytes, at));
  files.replace(path, bytes);
}

/** Inverts a byte of the footer with which a segment ends, and mends its checksum. */
export function forgeFooter(files: FaultyFiles, path: string, at: number): void {
  const bytes = files.content(path);
  const start = bytes.length - bytes.readUInt32LE(bytes.length - 4);
  bytes.writeUInt8(bytes.readUInt8(start + at) ^ 0xff, start + at);
  mend(bytes, path, start);
  files.replace(path, bytes);
}

/** Where the record begins in which `at` lies. */
export function recordAt(bytes: Buffer, at: number): number {
  let start = 80;
  while (endOfRecord(bytes, start) <= at) start = endOfRecord(bytes, start);
  return start;
}

export function endOfRecord(bytes: Buffer, start: number): number {
  return start + 8 + bytes.readUInt32LE(start);
}

function mend(bytes: Buffer, path: string, start: number): void {
  const record = bytes.subarray(start + 8, endOfRecord(bytes, start));
  bytes.writeUInt32LE(crc32(record, crc32(path.slice(-28))), start + 4);
}
