import type { Block, Entry } from "./entry.ts";
import { decodeEntry, hasOffset, type Names } from "./record-decoder.ts";

/** Counted toward memory for each entry that has been decoded. */
const ENTRY_COST = 200;

/** A piece of a segment in memory: appended to, written to disk from, and read by live readers. */
export class Chunk {
  readonly bytes: Buffer;
  /** The segment it is of. */
  readonly segment: number;
  /** Where the next record goes. */
  filled: number;
  /** The offset that the next entry gets. */
  next: number;
  /** Up to where it is on disk. */
  durable = 0;
  readonly #first: number;
  readonly #header: number;
  readonly #names: (Names | undefined)[];
  readonly #entries: Entry[] = [];
  #durableNext: number;
  #decoded: number;

  /**
   * @param header bytes at the start that hold no record
   * @param names of the segment's sources; complete for what the chunk holds
   */
  constructor(segment: number, next: number, size: number, header: number, names: (Names | undefined)[]) {
    this.bytes = Buffer.allocUnsafeSlow(size);
    this.segment = segment;
    this.filled = header;
    this.next = next;
    this.#first = next;
    this.#header = header;
    this.#names = names;
    this.#durableNext = next;
    this.#decoded = header;
  }

  /** The offset of its first entry. */
  get first(): number {
    return this.#first;
  }

  /** The offset after its last entry on disk. */
  get durableNext(): number {
    return this.#durableNext;
  }

  /** The memory it takes, in bytes. */
  get cost(): number {
    return this.bytes.length + this.#entries.length * ENTRY_COST;
  }

  /** What lies before `position` and `next` is on disk. */
  setDurable(position: number, next: number): void {
    this.durable = position;
    this.#durableNext = next;
  }

  /** Durable entries from `from` on: at most `maxBytes` of payload, but at least one. */
  read(from: number, maxBytes: number): Block {
    this.#decode();
    const start = from - this.#first;
    const candidates = this.#entries.slice(start);
    let bytes = 0;
    let count = 0;
    for (const entry of candidates) {
      const size = entry.kind === "reading" ? entry.payload.length : 0;
      if (bytes + size > maxBytes && count > 0) break;
      bytes += size;
      count += 1;
    }
    const entries = count === candidates.length ? candidates : candidates.slice(0, count);
    return { entries, next: from + count, bytes };
  }

  /** What is not on disk. */
  unwritten(): Entry[] {
    const entries: Entry[] = [];
    for (let at = Math.max(this.durable, this.#header); at < this.filled;) at = this.#decodeAt(at, entries);
    return entries;
  }

  #decode(): void {
    while (this.#decoded < this.durable) this.#decoded = this.#decodeAt(this.#decoded, this.#entries);
  }

  /** Adds the entry at `at`, if it is one; returns where its record ends. */
  #decodeAt(at: number, entries: Entry[]): number {
    const { bytes } = this;
    const length = bytes.readUInt32LE(at) + 8;
    const entry = hasOffset(bytes, at) ? decodeEntry(bytes, at, length, this.segment, this.#names) : undefined;
    if (entry !== undefined) entries.push(entry);
    return at + length;
  }
}
