import { dirname, join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import type { FileLayer } from "../journal/index.ts";
import type { Reading } from "../model/index.ts";
import { readCopyLine } from "./copy-line.ts";

const NAME = /^(\d{20})\.readings$/;
const TEMPORARY_SUFFIX = ".new";
/** So many lines are read without letting others have their turn. */
const LINES_AT_ONCE = 2_000;

/** Where the copies of a segment's readings are, by the segment's first offset. */
export function copyPath(directory: string, first: number): string {
  return join(directory, `${String(first).padStart(20, "0")}.readings`);
}

/** The first offsets of the segments of which there are copies, in order; a directory that is not there has none. */
export async function listCopies(directory: string, files: FileLayer): Promise<readonly number[]> {
  const names = await files.list(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return names.flatMap((name) => NAME.exec(name)?.slice(1).map(Number) ?? []).toSorted((one, other) => one - other);
}

/** Resolves once a file is on disk as a whole; a crash leaves it, the one before, or none. */
export async function writeCopies(path: string, content: Uint8Array, files: FileLayer): Promise<void> {
  await files.makeDirectory(dirname(path));
  const file = await files.open(path + TEMPORARY_SUFFIX, "write");
  try {
    await file.truncate(0);
    await file.write([content], 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await files.rename(path + TEMPORARY_SUFFIX, path);
  await files.syncDirectory(dirname(path));
}

/** Removes what a crash or a full disk left of a write. */
export async function removeUnfinished(directory: string, files: FileLayer): Promise<void> {
  const names = await files.list(directory).catch(() => []);
  for (const name of names) if (name.endsWith(TEMPORARY_SUFFIX)) await files.remove(join(directory, name));
}

/** The size of a file, in bytes. */
export async function sizeOf(path: string, files: FileLayer): Promise<number> {
  const file = await files.open(path, "read");
  try {
    return await file.size();
  } finally {
    await file.close();
  }
}

/** All of a file. */
export async function readWhole(path: string, files: FileLayer): Promise<Buffer> {
  const file = await files.open(path, "read");
  try {
    const bytes = Buffer.alloc(await file.size());
    await file.read(bytes, 0);
    return bytes;
  } finally {
    await file.close();
  }
}

/** The readings that a file holds, in their order, without damaged ones. */
export async function readingsOf(content: Buffer): Promise<readonly Reading[]> {
  const readings: Reading[] = [];
  const lines = content.toString().split("\n");
  for (const [index, line] of lines.entries()) {
    if (index % LINES_AT_ONCE === LINES_AT_ONCE - 1) await turn();
    const reading = readCopyLine(line);
    if (reading !== undefined) readings.push(reading);
  }
  return readings;
}
