import { type FileHandle, open, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { type Log, WriteError } from "fieldline/plugin";
import { disarmTornLine } from "./torn-line.ts";

/** Full files are moved to `PATH.1`, those before to `PATH.2` and so on, up to `keep`. */
export interface Rotation {
  readonly max_size: number;
  readonly keep: number;
}

/** Owner and group may read what sensors said; nobody else. */
const MODE = 0o640;

/** A file to which whole lines are added, durably. One call at a time. */
export class LineFile {
  readonly #path: string;
  readonly #rotation: Rotation | undefined;
  readonly #log: Log;
  #file: FileHandle | undefined;

  constructor(path: string, rotation: Rotation | undefined, log: Log) {
    this.#path = path;
    this.#rotation = rotation;
    this.#log = log;
  }

  /**
   * Adds the text, which ends with a line feed, and syncs it. When that fails the file is as before.
   * @throws Error of the file system, WriteError when the path is no regular file
   */
  async append(text: Buffer): Promise<void> {
    const file = await this.#current(text.length);
    const { size } = await file.stat();
    try {
      await file.appendFile(text);
      await file.datasync();
    } catch (error) {
      // A full disk takes a part of a write; half a line must not stay, nor lines that will come again.
      await file.truncate(size).catch(() => {});
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  /** The open file, with room for so many bytes more. */
  async #current(bytes: number): Promise<FileHandle> {
    if (this.#file !== undefined && !(await this.#isInPlace(this.#file))) await this.close();
    let file = (this.#file ??= await this.#open());
    const { size } = await file.stat();
    if (this.#rotation !== undefined && size > 0 && size + bytes > this.#rotation.max_size) {
      await this.close();
      await this.#rotate(this.#rotation.keep);
      file = this.#file = await this.#open();
    }
    return file;
  }

  /** False when the file was moved or deleted, as logrotate does. */
  async #isInPlace(file: FileHandle): Promise<boolean> {
    const there = await stat(this.#path).catch(() => undefined);
    const here = await file.stat();
    return there?.ino === here.ino && there.dev === here.dev;
  }

  async #open(): Promise<FileHandle> {
    const before = await stat(this.#path).catch(() => undefined);
    // Opening a pipe would wait for its reader for ever.
    if (before !== undefined && !before.isFile())
      throw new WriteError("denied", `cannot write ${this.#path}: it is no regular file; give the path of one`);
    if (before !== undefined && before.size > 0) {
      const cut = await disarmTornLine(this.#path);
      if (cut > 0)
        this.#log.warn({ path: this.#path, bytes: cut }, "the file ended within a line, which is a comment now");
    }
    const file = await open(this.#path, "a", MODE);
    if (before !== undefined) return file;
    try {
      await this.#syncFolder();
      return file;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async #rotate(keep: number): Promise<void> {
    for (let number = keep - 1; number >= 1; number--) {
      await rename(`${this.#path}.${number}`, `${this.#path}.${number + 1}`).catch(ignoreMissing);
    }
    await rename(this.#path, `${this.#path}.1`);
  }

  /** Makes a new file's name durable. */
  async #syncFolder(): Promise<void> {
    const folder = await open(dirname(this.#path), "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}

function ignoreMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
}
