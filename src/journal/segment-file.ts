import { dirname } from "node:path";
import { asError, type FileLayer, type OpenFile } from "./files.ts";
import type { Segment } from "./segment.ts";

/** Writes the segments' bytes and makes them durable. */
export class SegmentFile {
  /** How many times a file was synced. */
  syncs = 0;
  readonly #files: FileLayer;
  readonly #onSync: () => void;
  #segment: Segment | undefined;
  #file: OpenFile | undefined;
  /** How long the file was when it was opened; 0 once nothing is beyond its end. */
  #size = 0;

  /** @param onSync called when a sync is under way: for a while there is nothing to do but to wait for it */
  constructor(files: FileLayer, onSync: () => void) {
    this.#files = files;
    this.#onSync = onSync;
  }

  /**
   * Adds the bytes to the segment's end and syncs them; the caller then adds them to its length. After an error
   * nothing of them counts: the kernel may have dropped the pages and forgotten the error, so the same bytes are
   * written anew from memory through a file opened again.
   */
  async append(segment: Segment, buffers: readonly Uint8Array[]): Promise<void> {
    if (this.#segment !== segment) await this.close();
    this.#segment = segment;
    try {
      const file = (this.#file ??= await this.#open(segment));
      await file.write(buffers, segment.length);
      const synced = file.sync();
      this.#onSync();
      await synced;
      this.syncs += 1;
      if (segment.length === 0) await this.#files.syncDirectory(dirname(segment.path));
      await this.#cut(
        file,
        buffers.reduce((sum, each) => sum + each.length, segment.length),
      );
    } catch (error) {
      await this.#release();
      throw asError(error);
    }
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    try {
      await file?.close();
    } catch {
      // What matters was synced before, or is written again.
    }
  }

  async #open(segment: Segment): Promise<OpenFile> {
    const file = await this.#files.open(segment.path, "write");
    try {
      this.#size = await file.size();
      return file;
    } catch (error) {
      await file.close().catch(() => {});
      throw asError(error);
    }
  }

  /**
   * What a power cut left beyond the end goes only now: until the bytes before it are durable it tells how many
   * offsets may have been given.
   */
  async #cut(file: OpenFile, end: number): Promise<void> {
    if (this.#size > end) {
      await file.truncate(end);
      await file.sync();
    }
    this.#size = 0;
  }

  /** A write that failed gives back the room it took, for others who need little. */
  async #release(): Promise<void> {
    const segment = this.#segment;
    try {
      if (segment !== undefined) await this.#file?.truncate(Math.max(segment.length, this.#size));
    } catch {
      // The bytes are written anew over what is there.
    }
    await this.close();
  }
}
