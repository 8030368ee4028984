import type { Block, Entry } from "./entry.ts";
import { decodeEntry, hasOffset, type Names, recordLength } from "./record-decoder.ts";

/** The place of every so many entries is noted, so that a reader finds its own in a few steps. */
const NOTE_EVERY = 32;

/** A piece of a segment in memory: appended to, written to disk from, and read by live readers. */
export class Chunk {
  readonly bytes: Buffer;
  /** The segment it is of. */
  readonly segment: number;
  /** The offset of its first entry. */
  readonly first: number;
  /** Where the next record goes. */
  filled: number;
  /** The offset that the next entry gets. */
  next: number;
  /** Up to where it is on disk. */
  durable = 0;
  /** The offset after its last entry on disk. */
  durableNext: number;
  readonly #header: number;
  readonly #names: (Names | undefined)[];
  /** Where each `NOTE_EVERY`th entry begins. */
  readonly #places: number[] = [];

  /**
   * @param header bytes at the start that hold no record
   * @param names of the segment's sources; complete for what the chunk holds
   */
  constructor(segment: number, next: number, size: number, header: number, names: (Names | undefined)[]) {
    this.bytes = Buffer.allocUnsafeSlow(size);
    this.segment = segment;
    this.first = next;
    this.filled = header;
    this.next = next;
    this.durableNext = next;
    this.#header = header;
    this.#names = names;
  }

  /** An entry's record lies between `filled` and `end`. */
  took(end: number): void {
    if ((this.next - this.first) % NOTE_EVERY === 0) this.#places.push(this.filled);
    this.next += 1;
    this.filled = end;
  }

  /** What lies before `position` and `next` is on disk. */
  setDurable(position: number, next: number): void {
    this.durable = position;
    this.durableNext = next;
  }

  /**
   * Durable entries from `from` on: at most `maxBytes` of payload, but at least one. They are decoded anew for each
   * reader: what lives as long as the chunk would cost far more, in memory and in collecting it.
   */
  read(from: number, maxBytes: number): Block {
    const entries: Entry[] = [];
    let bytes = 0;
    let at = this.#placeOf(from);
    for (let left = this.durableNext - from; left > 0; left--) {
      const length = recordLength(this.bytes, at);
      const entry = this.#decode(at, length);
      const size = entry.kind === "reading" ? entry.payload.length : 0;
      if (bytes + size > maxBytes && entries.length > 0) break;
      bytes += size;
      entries.push(entry);
      at += length;
    }
    return { entries, next: from + entries.length, bytes };
  }

  /** What is not on disk. */
  unwritten(): Entry[] {
    const entries: Entry[] = [];
    for (let at = Math.max(this.durable, this.#header); at < this.filled;) {
      const length = recordLength(this.bytes, at);
      if (hasOffset(this.bytes, at)) entries.push(this.#decode(at, length));
      at += length;
    }
    return entries;
  }

  /** Where the record of an entry begins. A footer can only be the last record. */
  #placeOf(offset: number): number {
    const index = offset - this.first;
    let at = this.#places[Math.floor(index / NOTE_EVERY)] ?? this.#header;
    for (let left = index % NOTE_EVERY; left > 0; left--) at += recordLength(this.bytes, at);
    return at;
  }

  #decode(at: number, length: number): Entry {
    const entry = decodeEntry(this.bytes, at, length, this.segment, this.#names);
    if (entry === undefined) throw new Error(`the record at ${at} of segment ${this.segment} names no source`);
    return entry;
  }
}
