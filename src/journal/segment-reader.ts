import { damageLoss } from "./damage-loss.ts";
import type { Block, Entry } from "./entry.ts";
import { errorCode, type FileLayer } from "./files.ts";
import type { Loss } from "./loss.ts";
import { Scan, type Damage, type ScanPlace } from "./scan.ts";
import type { Segment } from "./segment.ts";
import type { Segments } from "./segments.ts";

const WINDOW_BYTES = { least: 64 * 1024, most: 1024 * 1024 };
/** How many readers can go on where they were without walking the segment from its start. */
const MOST_PLACES = 64;

/** Reads durable entries from the segment files. */
export class SegmentReader {
  readonly #files: FileLayer;
  readonly #segments: Segments;
  readonly #onLoss: (loss: Loss) => void;
  /** By the offset to go on with; the least used first. */
  readonly #places = new Map<number, { segment: Segment; place: ScanPlace }>();

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
    const file = await this.#files.open(segment.path, "read");
    try {
      const scan = new Scan(file, segment.first, segment.length, known?.segment === segment ? known.place : undefined);
      const window = Math.min(WINDOW_BYTES.most, Math.max(WINDOW_BYTES.least, maxBytes + maxBytes / 2));
      for (;;) {
        const { entries, damage, done } = await scan.next(window, from, maxBytes);
        for (const each of damage) this.#report(segment, each, end, from);
        if (entries.length > 0 || done) {
          const next = done ? end : segment.first + scan.place.index;
          this.#remember(next, segment, scan.place);
          return block(entries, Math.max(from, next));
        }
      }
    } finally {
      await file.close();
    }
  }

  #remember(next: number, segment: Segment, place: ScanPlace): void {
    this.#places.delete(next);
    this.#places.set(next, { segment, place });
    const [oldest] = this.#places.keys();
    if (this.#places.size > MOST_PLACES && oldest !== undefined) this.#places.delete(oldest);
  }

  #report(segment: Segment, damage: Damage, end: number, from: number): void {
    const loss = damageLoss(segment, damage, end);
    if (loss.toOffset > from) this.#onLoss(loss);
  }
}

function block(entries: readonly Entry[], next: number): Block {
  return {
    entries,
    next,
    bytes: entries.reduce((sum, each) => sum + (each.kind === "reading" ? each.payload.length : 0), 0),
  };
}
