import { constants } from "node:fs";
import { type FileHandle, mkdir, open, readdir, rename, stat, statfs, unlink } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { errorCode, type FileLayer, type OpenFile } from "./files.ts";

const FLAGS = { read: constants.O_RDONLY, write: constants.O_RDWR | constants.O_CREAT };

/** The real file system. */
export const nodeFiles: FileLayer = {
  makeDirectory,
  list: (directory) => readdir(directory),
  open: async (path, mode) => openFile(await open(path, FLAGS[mode], 0o600)),
  rename,
  remove: unlink,
  syncDirectory,
  async room(directory) {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  },
};

/**
 * One directory at a time: with `recursive`, Node's mkdir tries for ever where nothing can be made, as in /proc.
 * @throws Error of node:fs
 */
export async function makeDirectory(path: string): Promise<void> {
  const missing: string[] = [];
  for (let folder = resolve(path); !(await exists(folder)); folder = dirname(folder)) missing.unshift(folder);
  for (const each of missing) {
    await mkdir(each, { mode: 0o700 }).catch((error: unknown) => {
      if (errorCode(error) !== "EEXIST") throw error;
    });
    await syncDirectory(dirname(each));
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return false;
    throw error;
  }
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function openFile(handle: FileHandle): OpenFile {
  return {
    write: (buffers, position) => writeAll(handle, buffers, position),
    read: (into, position) => readAll(handle, into, position),
    sync: () => handle.datasync(),
    truncate: (length) => handle.truncate(length),
    size: async () => (await handle.stat()).size,
    close: () => handle.close(),
  };
}

/** IOV_MAX of Linux and macOS. */
const MOST_BUFFERS = 1024;

async function writeAll(handle: FileHandle, buffers: readonly Uint8Array[], position: number): Promise<void> {
  let left = buffers;
  let at = position;
  while (left.length > 0) {
    const { bytesWritten } = await handle.writev(left.slice(0, MOST_BUFFERS), at);
    if (bytesWritten === 0) throw new Error(`the file system took no byte at position ${at} and named no reason`);
    at += bytesWritten;
    left = without(left, bytesWritten);
  }
}

/** The buffers without their first `count` bytes. */
function without(buffers: readonly Uint8Array[], count: number): readonly Uint8Array[] {
  let skip = 0;
  let left = count;
  for (let bytes = buffers[skip]; bytes !== undefined && bytes.length <= left; bytes = buffers[skip]) {
    left -= bytes.length;
    skip += 1;
  }
  const rest = buffers.slice(skip);
  const [head] = rest;
  if (head !== undefined && left > 0) rest[0] = head.subarray(left);
  return rest;
}

async function readAll(handle: FileHandle, into: Uint8Array, position: number): Promise<number> {
  let count = 0;
  while (count < into.length) {
    const { bytesRead } = await handle.read(into, count, into.length - count, position + count);
    if (bytesRead === 0) break;
    count += bytesRead;
  }
  return count;
}
