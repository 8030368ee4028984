import { resolve } from "node:path";
import type { FileLayer, OpenFile } from "../../src/journal/index.ts";

/** Files that know their length and forget their bytes: a write costs nothing, and what is read is whatever was in memory. */
export function discardedFiles(): FileLayer {
  const lengths = new Map<string, number>();
  return {
    makeDirectory: async () => {},
    list: async () => [],
    open: async (path, mode) => {
      const name = resolve(path);
      if (!lengths.has(name)) {
        if (mode === "read") throw Object.assign(new Error(`ENOENT: no such file, ${name}`), { code: "ENOENT" });
        lengths.set(name, 0);
      }
      return openFile(name, lengths);
    },
    rename: async (from, to) => {
      lengths.set(resolve(to), lengths.get(resolve(from)) ?? 0);
      lengths.delete(resolve(from));
    },
    remove: async (path) => void lengths.delete(resolve(path)),
    syncDirectory: async () => {},
  };
}

function openFile(name: string, lengths: Map<string, number>): OpenFile {
  const size = () => lengths.get(name) ?? 0;
  return {
    write: async (buffers, position) => {
      const end = buffers.reduce((sum, each) => sum + each.length, position);
      lengths.set(name, Math.max(size(), end));
    },
    read: async (into, position) => Math.max(0, Math.min(into.length, size() - position)),
    sync: async () => {},
    truncate: async (length) => void lengths.set(name, length),
    size: async () => size(),
    close: async () => {},
  };
}

/** The real file system, but nothing is ever synced. */
export function unsyncedFiles(files: FileLayer): FileLayer {
  return {
    ...files,
    syncDirectory: async () => {},
    open: async (path, mode) => ({ ...(await files.open(path, mode)), sync: async () => {} }),
  };
}
