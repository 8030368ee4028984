import { randomFillSync } from "node:crypto";
import { dirname, join } from "node:path";
import { errorCode, type FileLayer } from "./files.ts";

export const RESERVE_NAME = "reserve";

/**
 * Room on the disk that is set aside in a file of random bytes, so that no file system keeps it without blocks. Others
 * who have to write little, such as cursors, get it when the disk is full; the journal writes only while it is there.
 */
export class Reserve {
  readonly #path: string;
  readonly #files: FileLayer;
  /** In bytes. */
  readonly size: number;
  #made = false;
  #changing: Promise<void> = Promise.resolve();

  /** @param size in bytes; 0 sets nothing aside */
  constructor(directory: string, files: FileLayer, size: number) {
    this.#path = join(directory, RESERVE_NAME);
    this.#files = files;
    this.size = size;
    this.#made = size === 0;
  }

  /** Sets the room aside, when it is not. @throws Error when there is no room, or the disk fails */
  make(): Promise<void> {
    return this.#made ? Promise.resolve() : this.#change(() => this.#make());
  }

  /** Gives the room to others. */
  release(): Promise<void> {
    return this.size === 0 ? Promise.resolve() : this.#change(() => this.#release());
  }

  #change(change: () => Promise<void>): Promise<void> {
    const changed = this.#changing.then(change);
    this.#changing = changed.catch(() => {});
    return changed;
  }

  async #make(): Promise<void> {
    if (this.#made) return;
    const file = await this.#files.open(this.#path, "write");
    try {
      if ((await file.size()) !== this.size) {
        await this.#checkRoom();
        await file.truncate(0);
        await file.write([randomFillSync(Buffer.allocUnsafeSlow(this.size))], 0);
        await file.sync();
      }
      this.#made = true;
    } catch (error) {
      await file.truncate(0).catch(() => {});
      throw error;
    } finally {
      await file.close();
    }
  }

  /** Spares a full disk the writing of what will not fit. */
  async #checkRoom(): Promise<void> {
    const room = await this.#files.room?.(dirname(this.#path));
    if (room === undefined || room >= this.size) return;
    const message = `ENOSPC: ${room} bytes are left on the disk of ${this.#path}, and the journal keeps ${this.size} free for cursors and rejects`;
    throw Object.assign(new Error(message), { code: "ENOSPC" });
  }

  async #release(): Promise<void> {
    this.#made = false;
    try {
      const file = await this.#files.open(this.#path, "write");
      try {
        await file.truncate(0);
      } finally {
        await file.close();
      }
    } catch (error) {
      if (errorCode(error) !== "ENOENT") throw error;
    }
  }
}
