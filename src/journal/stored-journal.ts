import type { Block } from "./entry.ts";
import { errorCode } from "./files.ts";
import { findSegment } from "./find-segment.ts";
import { nodeFiles } from "./node-files.ts";
import { SegmentReader } from "./segment-reader.ts";
import { firstOfName, type Segment } from "./segment.ts";
import { Segments } from "./segments.ts";

/** Reads a journal's files as they lie there, without opening the journal: nothing is written, cut or locked. */
export class StoredJournal {
  readonly #segments: Segments;
  readonly #reader: SegmentReader;

  private constructor(segments: Segments) {
    this.#segments = segments;
    this.#reader = new SegmentReader(nodeFiles, segments, () => undefined);
  }

  /** A folder that is not there holds nothing. @throws Error when another version of the program wrote the journal */
  static async open(directory: string): Promise<StoredJournal> {
    const names = await nodeFiles.list(directory).catch((error: unknown) => {
      if (errorCode(error) === "ENOENT") return [];
      throw error;
    });
    const firsts = names.map(firstOfName).filter((first) => first !== undefined);
    const found: Segment[] = [];
    for (const first of firsts.toSorted((a, b) => a - b)) found.push(await findSegment(nodeFiles, directory, first));
    return new StoredJournal(new Segments(directory, found));
  }

  /** As `Journal.read`; at the end there are no entries. */
  async read(from: number, maxBytes: number, signal?: AbortSignal): Promise<Block> {
    for (let at = Math.max(from, this.#segments.oldest?.first ?? from); ;) {
      signal?.throwIfAborted();
      if (this.#segments.around(at).segment === undefined) return { entries: [], next: at, bytes: 0 };
      const block = await this.#reader.read(at, maxBytes, Infinity);
      if (block.entries.length > 0 || block.next === Infinity) return block;
      at = block.next;
    }
  }
}
