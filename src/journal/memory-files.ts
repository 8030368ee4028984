import { basename, dirname, resolve } from "node:path";
import type { FileLayer, OpenFile } from "./files.ts";

class MemoryFile {
  bytes = Buffer.alloc(0);
  length = 0;

  write(buffers: readonly Uint8Array[], position: number): void {
    let at = position;
    const end = buffers.reduce((sum, each) => sum + each.length, position);
    this.#reserve(end);
    if (position > this.length) this.bytes.fill(0, this.length, position);
    for (const each of buffers) {
      this.bytes.set(each, at);
      at += each.length;
    }
    this.length = Math.max(this.length, end);
  }

  truncate(length: number): void {
    this.#reserve(length);
    if (length > this.length) this.bytes.fill(0, this.length, length);
    this.length = length;
  }

  #reserve(length: number): void {
    if (length <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(length, this.bytes.length * 2, 4096));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }
}

/** Files that live in memory alone, each layer with its own. Directories need not be made, and syncs do nothing. */
export function memoryFiles(): FileLayer {
  const files = new Map<string, MemoryFile>();
  return {
    makeDirectory: async () => {},
    list: async (directory) => {
      const folder = resolve(directory);
      return [...files.keys()].filter((path) => dirname(path) === folder).map((path) => basename(path));
    },
    open: async (path, mode) => {
      const name = resolve(path);
      const file = files.get(name) ?? (mode === "write" ? new MemoryFile() : undefined);
      if (file === undefined) throw missing(name);
      files.set(name, file);
      return openFile(file);
    },
    rename: async (from, to) => {
      const file = files.get(resolve(from));
      if (file === undefined) throw missing(from);
      files.delete(resolve(from));
      files.set(resolve(to), file);
    },
    remove: async (path) => {
      if (!files.delete(resolve(path))) throw missing(path);
    },
    syncDirectory: async () => {},
  };
}

function openFile(file: MemoryFile): OpenFile {
  return {
    write: async (buffers, position) => file.write(buffers, position),
    read: async (into, position) =>
      position >= file.length ? 0 : file.bytes.copy(into, 0, position, Math.min(file.length, position + into.length)),
    sync: async () => {},
    truncate: async (length) => file.truncate(length),
    size: async () => file.length,
    close: async () => {},
  };
}

function missing(path: string): Error {
  return Object.assign(new Error(`ENOENT: no such file, ${path}`), { code: "ENOENT" });
}
