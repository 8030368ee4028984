import { basename, dirname } from "node:path";
import type { FileLayer, OpenFile } from "../../src/journal/index.ts";

/** What was done to a file and is not synced. */
type Change = { readonly position: number; readonly bytes: Buffer } | { readonly length: number };

interface Inode {
  current: Buffer;
  /** What a power cut leaves for sure. */
  synced: Buffer;
  changes: Change[];
}

export type Operation = "open" | "write" | "sync" | "truncate" | "rename" | "remove" | "syncDirectory";

/**
 * Files in memory that behave as badly as a real disk may: operations fail when told to, and a power cut forgets,
 * tears or keeps what was not synced, file names too.
 */
export class FaultyFiles implements FileLayer {
  /** Throws the error of the moment, if any. A write that fails has written a part. */
  fault: (operation: Operation, path: string) => Error | undefined = () => undefined;
  readonly counts: Record<Operation, number> = {
    open: 0,
    write: 0,
    sync: 0,
    truncate: 0,
    rename: 0,
    remove: 0,
    syncDirectory: 0,
  };
  /** While this is pending, syncs wait. */
  gate: Promise<void> = Promise.resolve();
  #names = new Map<string, Inode>();
  #syncedNames = new Map<string, Inode>();
  /** Raised by a power cut: what was opened before does nothing any more. */
  #life = 0;

  async makeDirectory(): Promise<void> {}

  async list(directory: string): Promise<string[]> {
    return [...this.#names.keys()].filter((path) => dirname(path) === directory).map((path) => basename(path));
  }

  async open(path: string, mode: "read" | "write"): Promise<OpenFile> {
    this.#begin("open", path);
    let file = this.#names.get(path);
    if (file === undefined) {
      if (mode === "read") throw systemError("ENOENT", path);
      file = { current: Buffer.alloc(0), synced: Buffer.alloc(0), changes: [] };
      this.#names.set(path, file);
    }
    return this.#openFile(path, file);
  }

  async rename(from: string, to: string): Promise<void> {
    this.#begin("rename", from);
    this.#names.set(to, this.#file(from));
    this.#names.delete(from);
  }

  async remove(path: string): Promise<void> {
    this.#begin("remove", path);
    this.#file(path);
    this.#names.delete(path);
  }

  async syncDirectory(path: string): Promise<void> {
    this.#begin("syncDirectory", path);
    const inside = (name: string) => dirname(name) === path;
    for (const name of this.#syncedNames.keys()) if (inside(name)) this.#syncedNames.delete(name);
    for (const [name, file] of this.#names) if (inside(name)) this.#syncedNames.set(name, file);
  }

  /** The power goes and comes back. `random` gives numbers from 0 to 1. */
  powerCut(random: () => number): void {
    this.#life += 1;
    const names = new Set([...this.#names.keys(), ...this.#syncedNames.keys()]);
    const left = new Map<string, Inode>();
    for (const name of names) {
      const file = (random() < 0.5 ? this.#names : this.#syncedNames).get(name);
      if (file !== undefined) left.set(name, file);
    }
    for (const file of new Set(left.values())) {
      const content = survivors(file, random);
      file.current = content;
      file.synced = content;
      file.changes = [];
    }
    this.#names = left;
    this.#syncedNames = new Map(left);
  }

  /** The process is killed: the system writes all it has. */
  kill(): void {
    this.#life += 1;
  }

  paths(): readonly string[] {
    return [...this.#names.keys()].toSorted();
  }

  content(path: string): Buffer {
    return Buffer.from(this.#file(path).current);
  }

  /** Changes a file behind everybody's back. */
  replace(path: string, content: Buffer): void {
    const file: Inode = { current: content, synced: content, changes: [] };
    this.#names.set(path, file);
    this.#syncedNames.set(path, file);
  }

  #file(path: string): Inode {
    const file = this.#names.get(path);
    if (file === undefined) throw systemError("ENOENT", path);
    return file;
  }

  #begin(operation: Operation, path: string): void {
    this.counts[operation] += 1;
    const fault = this.fault(operation, path);
    if (fault !== undefined) throw fault;
  }

  #openFile(path: string, file: Inode): OpenFile {
    const life = this.#life;
    const alive = () => {
      if (life !== this.#life) throw systemError("EIO", path);
    };
    return {
      write: async (buffers, position) => {
        alive();
        this.counts.write += 1;
        const fault = this.fault("write", path);
        const bytes = Buffer.concat(buffers);
        apply(file, { position, bytes: fault === undefined ? bytes : bytes.subarray(0, bytes.length / 2) });
        if (fault !== undefined) throw fault;
      },
      read: async (into, position) => (position >= file.current.length ? 0 : file.current.copy(into, 0, position)),
      sync: async () => {
        await this.gate;
        alive();
        this.#begin("sync", path);
        file.synced = file.current;
        file.changes = [];
      },
      truncate: async (length) => {
        alive();
        this.#begin("truncate", path);
        if (length !== file.current.length) apply(file, { length });
      },
      size: async () => file.current.length,
      close: async () => {},
    };
  }
}

export function systemError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}

function apply(file: Inode, change: Change): void {
  file.current = changed(file.current, change);
  file.changes.push(change);
}

function changed(content: Buffer, change: Change): Buffer {
  const length = "length" in change ? change.length : Math.max(content.length, change.position + change.bytes.length);
  const result = Buffer.alloc(length);
  content.copy(result, 0, 0, length);
  if ("bytes" in change) change.bytes.copy(result, change.position);
  return result;
}

/** Some of the unsynced changes, the last of them torn or as zeros. */
function survivors(file: Inode, random: () => number): Buffer {
  let content = file.synced;
  for (const change of file.changes) {
    const fate = random();
    if (fate < 0.3) return content;
    if (fate > 0.6 || "length" in change) content = changed(content, change);
    else {
      const part = change.bytes.subarray(0, Math.floor(random() * change.bytes.length));
      const zeros = Buffer.alloc(random() < 0.5 ? change.bytes.length - part.length : 0);
      return changed(content, { position: change.position, bytes: Buffer.concat([part, zeros]) });
    }
  }
  return content;
}
