import { dirname } from "node:path";
import { asError, type FileLayer, type OpenFile } from "./files.ts";
import type { Segment } from "./segment.ts";

/** Writes the segments' bytes and makes them durable. */
export class SegmentFile {
  /** How many times a file was synced. */
  syncs = 0;
  readonly #files: FileLayer;
  #segment: Segment | undefined;
  #file: OpenFile | undefined;

  constructor(files: FileLayer) {
    this.#files = files;
  }

  /**
   * Adds the bytes to the segment's end and syncs them; the caller then adds them to its length. After an error
   * nothing of them counts: the kernel may have dropped the pages and forgotten the error, so the file is opened
   * again and cut back before the same bytes are written anew.
   */
  async append(segment: Segment, buffers: readonly Uint8Array[]): Promise<void> {
    if (this.#segment !== segment) await this.close();
    this.#segment = segment;
    try {
      const file = (this.#file ??= await this.#open(segment));
      await file.write(buffers, segment.length);
      await file.sync();
      this.syncs += 1;
      if (segment.length === 0) await this.#files.syncDirectory(dirname(segment.path));
    } catch (error) {
      await this.close();
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
      await file.truncate(segment.length);
    } catch (error) {
      await file.close().catch(() => {});
      throw asError(error);
    }
    return file;
  }
}
