import type { Entry } from "./entry.ts";
import type { OpenFile } from "./files.ts";
import { decodeFooter, type Footer, isFooter } from "./footer.ts";
import { MIN_RECORD_BYTES } from "./record.ts";
import {
  claimedLength,
  decodeEntry,
  hasOffset,
  indexOf,
  intactLength,
  type Names,
  storedChecksum,
} from "./record-decoder.ts";
import { HEADER_BYTES } from "./segment-header.ts";
import { segmentSeed } from "./segment.ts";

/** Where reading a segment goes on. */
export interface ScanPlace {
  readonly position: number;
  /** The index of the next entry, when none is damaged. */
  readonly index: number;
  /** The names of the sources met so far, by id. */
  readonly names: (Names | undefined)[];
}

/** Bytes of a segment, and where they begin. */
export interface Window {
  readonly position: number;
  readonly bytes: Buffer;
}

/** Bytes that hold no record. */
export interface Damage {
  readonly position: number;
  readonly bytes: number;
  /** The index of the first entry lost, and the one after the last; unknown when no intact record follows. */
  readonly fromIndex: number;
  readonly toIndex: number | undefined;
}

/** What one step of a scan found. */
export interface Scanned {
  readonly entries: readonly Entry[];
  readonly damage: readonly Damage[];
  /** The segment's end is reached. */
  readonly done: boolean;
}

/** How many bytes of checksums the search for the next record may cost, for each byte searched. */
const SEARCH_COST = 64;

/** Walks one segment's records in order, stepping over damage. */
export class Scan {
  /** How often a record gave the names of each source. */
  readonly named: number[] = [];
  /** The checksum of the last entry's record, 0 before the first. */
  lastChecksum = 0;
  /** The footer, when no entry came after it. */
  footer: Footer | undefined;
  readonly #file: Pick<OpenFile, "read">;
  readonly #first: number;
  readonly #length: number;
  readonly #seed: number;
  readonly #names: (Names | undefined)[];
  #position: number;
  #index: number;
  #ahead: Window | undefined;

  /**
   * @param first the segment's first offset
   * @param length where to stop, in bytes
   * @param ahead what an earlier scan has read already, of bytes that do not change
   */
  constructor(file: Pick<OpenFile, "read">, first: number, length: number, place = beginning(), ahead?: Window) {
    this.#file = file;
    this.#first = first;
    this.#length = length;
    this.#seed = segmentSeed(first);
    this.#position = place.position;
    this.#index = place.index;
    this.#names = place.names;
    this.#ahead = ahead;
  }

  get place(): ScanPlace {
    return { position: this.#position, index: this.#index, names: this.#names };
  }

  /** What was read last of the file. */
  get ahead(): Window | undefined {
    return this.#ahead;
  }

  /**
   * Reads about `windowBytes` on (at least one record).
   * @param maxBytes stop once the entries from offset `from` on have so many bytes of payload
   */
  async next(windowBytes: number, from = 0, maxBytes = Infinity): Promise<Scanned> {
    const entries: Entry[] = [];
    const damage: Damage[] = [];
    let window = this.#known() ?? (await this.#read(windowBytes));
    const claimed = claimedLength(window, 0);
    if (claimed > window.length && claimed <= this.#length - this.#position) window = await this.#read(claimed);
    if (window.length === 0) this.#endEarly(damage);
    let payload = 0;
    let at = 0;
    while (at < window.length && payload < maxBytes) {
      const length = intactLength(window, at, window.length, this.#seed);
      if (length === 0 || this.#isRepeated(window, at)) break;
      const entry = this.#take(window, at, length, damage);
      at += length;
      if (entry === undefined || entry.offset < from) continue;
      entries.push(entry);
      if (entry.kind === "reading") payload += entry.payload.length;
    }
    this.#position += at;
    if (at < window.length && payload < maxBytes && !this.#isCut(window, at)) await this.#skip(damage);
    return { entries, damage, done: this.#position >= this.#length };
  }

  async #read(bytes: number): Promise<Buffer> {
    const window = Buffer.allocUnsafeSlow(Math.max(0, Math.min(bytes, this.#length - this.#position)));
    const count = await this.#file.read(window, this.#position);
    this.#ahead = { position: this.#position, bytes: window.subarray(0, count) };
    return this.#ahead.bytes;
  }

  /** What was read before of the bytes from here on, when that is a record at least. */
  #known(): Buffer | undefined {
    if (this.#ahead === undefined) return undefined;
    const { position, bytes } = this.#ahead;
    const known = bytes.subarray(Math.max(0, this.#position - position));
    return this.#position >= position && holdsRecord(known) ? known : undefined;
  }

  /** True when the window ends before the record at `at` does, and reading on from there will tell. */
  #isCut(window: Buffer, at: number): boolean {
    if (at === 0) return false;
    const left = this.#length - this.#position;
    if (window.length - at < MIN_RECORD_BYTES) return left >= MIN_RECORD_BYTES;
    const claimed = claimedLength(window, at);
    return claimed > window.length - at && claimed <= left;
  }

  /** An entry that was passed already, or should have come earlier, is not taken for one of here. */
  #isRepeated(window: Buffer, at: number): boolean {
    return hasOffset(window, at) && indexOf(window, at) < this.#index;
  }

  #take(window: Buffer, at: number, length: number, damage: Damage[]): Entry | undefined {
    if (!hasOffset(window, at)) {
      if (isFooter(window, at)) this.footer = decodeFooter(window, at);
      return undefined;
    }
    this.footer = undefined;
    this.lastChecksum = storedChecksum(window, at);
    this.#index = indexOf(window, at) + 1;
    const entry = decodeEntry(window, at, length, this.#first, this.#names, this.named);
    if (entry === undefined) {
      const lost = { fromIndex: this.#index - 1, toIndex: this.#index };
      damage.push({ position: this.#position + at, bytes: length, ...lost });
    }
    return entry;
  }

  /** The file is shorter than it was. */
  #endEarly(damage: Damage[]): void {
    const position = this.#position;
    this.#position = this.#length;
    if (position === this.#length) return;
    damage.push({ position, bytes: Math.max(0, this.#length - position), fromIndex: this.#index, toIndex: undefined });
  }

  /** Finds the next intact record after the damage that begins here. */
  async #skip(damage: Damage[]): Promise<void> {
    const position = this.#position;
    const fromIndex = this.#index;
    const rest = await this.#read(this.#length - position);
    const found = this.#find(rest);
    this.#position = found === undefined ? this.#length : position + found;
    const toIndex = found === undefined ? undefined : indexOf(rest, found);
    damage.push({ position, bytes: this.#position - position, fromIndex, toIndex });
    if (toIndex !== undefined) this.#index = toIndex;
  }

  /** The nearest: a length that is damaged may point at any record after it. */
  #find(rest: Buffer): number | undefined {
    let work = rest.length * SEARCH_COST;
    for (let at = 1; at <= rest.length - MIN_RECORD_BYTES && work > 0; at++) {
      if (!this.#mayBeNext(rest, at)) continue;
      work -= claimedLength(rest, at);
      if (intactLength(rest, at, rest.length, this.#seed) > 0) return at;
    }
    return undefined;
  }

  #mayBeNext(rest: Buffer, at: number): boolean {
    const claimed = claimedLength(rest, at);
    if (claimed === 0 || claimed > rest.length - at) return false;
    const skipped = indexOf(rest, at) - this.#index;
    return skipped >= 0 && skipped <= Math.ceil(at / MIN_RECORD_BYTES);
  }
}

/** Whether a whole record stands at the beginning, as far as its length tells. */
function holdsRecord(bytes: Buffer): boolean {
  const claimed = claimedLength(bytes, 0);
  return claimed > 0 && claimed <= bytes.length;
}

function beginning(): ScanPlace {
  return { position: HEADER_BYTES, index: 0, names: [] };
}
