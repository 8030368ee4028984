import { damageLoss } from "./damage-loss.ts";
import type { Block, Entry } from "./entry.ts";
import { errorCode, type FileLayer, type OpenFile } from "./files.ts";
import type { Loss } from "./loss.ts";
import { Scan, type Damage, type ScanPlace, type Window } from "./scan.ts";
import type { Segment } from "./segment.ts";
import type { Segments } from "./segments.ts";

const WINDOW_BYTES = { least: 512 * 1024, most: 1024 * 1024 };
/** How many readers have what was read ahead of them kept in memory. */
const MOST_AHEAD = 8;
/** How many readers can go on where they were without walking the segment from its start. */
const MOST_PLACES = 64;

/** Where a reader goes on. */
interface Place {
  readonly segment: Segment;
  readonly place: ScanPlace;
  readonly ahead: Window | undefined;
}

const NOWHERE = { place: undefined, ahead: undefined };

/** Reads durable entries from the segment files. */
export class SegmentReader {
  readonly #files: FileLayer;
  readonly #segments: Segments;
  readonly #onLoss: (loss: Loss) => void;
  /** By the offset to go on with; the least used first. */
  readonly #places = new Map<number, Place>();

  constructor(files: FileLayer, segments: Segments, onLoss: (loss: Loss) => void) {
    this.#files = files;
    this.#segments = segments;
    this.#onLoss = onLoss;
  }

  /**
   * Entries from `from` on, from one segment; none when that segment has no more, with `next` after it.
   * @param end the offset after the last durable entry
   */
  async read(from: number, maxBytes: number, end: number): Promise<Block> {
    const { segment, after } = this.#segments.around(from);
    if (segment === undefined) return { entries: [], next: this.#segments.oldest?.first ?? from, bytes: 0 };
    try {
      return await this.#readSegment(segment, after?.first ?? end, from, maxBytes);
    } catch (error) {
      const removed = errorCode(error) === "ENOENT" && this.#segments.at(segment.first) === undefined;
      if (!removed) throw error;
      return { entries: [], next: Math.max(from, this.#segments.oldest?.first ?? from), bytes: 0 };
    }
  }

  async #readSegment(segment: Segment, end: number, from: number, maxBytes: number): Promise<Block> {
    const known = this.#places.get(from);
    const file = new LateFile(this.#files, segment.path);
    try {
      const { place, ahead } = known?.segment === segment ? known : NOWHERE;
      const scan = new Scan(file, segment.first, segment.length, place, ahead);
      const window = Math.min(WINDOW_BYTES.most, Math.max(WINDOW_BYTES.least, maxBytes + maxBytes / 2));
      for (;;) {
        const { entries, damage, done } = await scan.next(window, from, maxBytes);
        for (const each of damage) this.#report(segment, each, end, from);
        if (entries.length > 0 || done) {
          const next = done ? end : segment.first + scan.place.index;
          this.#remember(next, { segment, place: scan.place, ahead: scan.ahead });
          return block(entries, Math.max(from, next));
        }
      }
    } finally {
      await file.close();
    }
  }

  #remember(next: number, place: Place): void {
    this.#places.delete(next);
    this.#places.set(next, place);
    const [oldest] = this.#places.keys();
    if (this.#places.size > MOST_PLACES && oldest !== undefined) this.#places.delete(oldest);
    const [at, earlier] = [...this.#places].at(-1 - MOST_AHEAD) ?? [];
    if (at !== undefined && earlier?.ahead !== undefined) this.#places.set(at, { ...earlier, ahead: undefined });
  }

  #report(segment: Segment, damage: Damage, end: number, from: number): void {
    const loss = damageLoss(segment, damage, end);
    if (loss.toOffset > from) this.#onLoss(loss);
  }
}

/** A file that is opened when it is first read. */
class LateFile {
  readonly #files: FileLayer;
  readonly #path: string;
  #file: OpenFile | undefined;

  constructor(files: FileLayer, path: string) {
    this.#files = files;
    this.#path = path;
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    this.#file ??= await this.#files.open(this.#path, "read");
    return this.#file.read(into, position);
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }
}

function block(entries: readonly Entry[], next: number): Block {
  return {
    entries,
    next,
    bytes: entries.reduce((sum, each) => sum + (each.kind === "reading" ? each.payload.length : 0), 0),
  };
}
