import { setTimeout as sleep } from "node:timers/promises";
import type { Timestamp } from "../model/index.ts";
import { countReadings } from "./count-readings.ts";
import type { Block } from "./entry.ts";
import { chainOf } from "./chain.ts";
import { errorCode } from "./files.ts";
import { findSegment, type FoundSegment } from "./find-segment.ts";
import type { Loss } from "./loss.ts";
import { nodeFiles } from "./node-files.ts";
import { offsetAt } from "./offset-at.ts";
import { Scan, type ScanPlace } from "./scan.ts";
import { HEADER_BYTES } from "./segment-header.ts";
import { SegmentReader } from "./segment-reader.ts";
import { firstOfName } from "./segment.ts";
import { footerOf, settleLengths } from "./segment-lengths.ts";
import { Segments } from "./segments.ts";

const WINDOW_BYTES = 1024 * 1024;
const LOOK_EVERY_MS = 200;

/**
 * Reads a journal's files as they lie there, without opening the journal: nothing is written, cut or locked. An agent
 * may write to them all the while; what cannot be read yet at their end is no damage.
 */
export class StoredJournal {
  readonly #directory: string;
  readonly #onLoss: (loss: Loss) => void;
  readonly #told = new Set<string>();
  #found: readonly FoundSegment[] = [];
  #segments: Segments;
  #reader: SegmentReader;
  /** Up to where the last segment could be read, and how long its file was then. */
  #last: { readonly first: number; readonly size: number; readonly place: ScanPlace } | undefined;
  #end = 0;

  private constructor(directory: string, onLoss: (loss: Loss) => void) {
    this.#directory = directory;
    this.#onLoss = onLoss;
    this.#segments = new Segments(directory, []);
    this.#reader = this.#readerOf(this.#segments);
  }

  /**
   * A folder that is not there holds nothing.
   * @param onLoss told of what reading finds damaged, of each place once
   * @throws Error when another version of the program wrote the journal
   */
  static async open(directory: string, onLoss: (loss: Loss) => void = () => undefined): Promise<StoredJournal> {
    const journal = new StoredJournal(directory, onLoss);
    await journal.refresh();
    return journal;
  }

  /** The oldest offset kept. */
  get begin(): number {
    return this.#found[0]?.first ?? this.#end;
  }

  /** The offset after the last entry that could be read at the last look. */
  get end(): number {
    return this.#end;
  }

  /** The first offset of each segment, in order. */
  get starts(): readonly number[] {
    return this.#found.map(({ first }) => first);
  }

  /** What the segments take on disk. */
  get bytes(): number {
    return this.#found.reduce((sum, { length }) => sum + length, 0);
  }

  /** As `Journal.read`; at the end there are no entries. */
  async read(from: number, maxBytes: number, signal?: AbortSignal): Promise<Block> {
    let at = Math.max(from, this.begin);
    while (at < this.#end) {
      signal?.throwIfAborted();
      const block = await this.#read(at, maxBytes);
      if (block !== undefined && block.entries.length > 0) return block;
      at = Math.max(block?.next ?? at, this.begin);
    }
    return { entries: [], next: at, bytes: 0 };
  }

  /** Looks until there are entries from `from` on. @throws Error when the signal aborts */
  async wait(from: number, signal: AbortSignal): Promise<void> {
    for (await this.refresh(); this.#end <= from; await this.refresh())
      await sleep(LOOK_EVERY_MS, undefined, { signal });
  }

  /** As `Journal.offsetAt`. */
  async offsetAt(time: Timestamp): Promise<number> {
    return offsetAt(this, this.#segments, time);
  }

  /**
   * How many readings of each input there are, by the footers of the segments; the last one, which has none yet, is
   * read. Undefined when another one has none: only reading all of it can tell.
   */
  async countReadings(): Promise<Readonly<Record<string, number>> | undefined> {
    const counts = new Map<string, number>();
    for (const segment of this.#found) {
      const inputs = await this.#inputsOf(segment);
      if (inputs === undefined) return undefined;
      for (const [input, readings] of inputs) counts.set(input, (counts.get(input) ?? 0) + readings);
    }
    return Object.fromEntries(counts);
  }

  async #inputsOf(segment: FoundSegment): Promise<Iterable<readonly [string, number]> | undefined> {
    try {
      const footer = await footerOf(nodeFiles, segment);
      if (footer !== undefined || segment !== this.#found.at(-1)) return footer?.inputs;
      return Object.entries(await countReadings(nodeFiles, segment, 0, Infinity));
    } catch (error) {
      if (errorCode(error) === "ENOENT") return [];
      throw error;
    }
  }

  /** Looks again at what is there. @throws Error when another version of the program wrote the journal */
  async refresh(): Promise<void> {
    const names = await nodeFiles.list(this.#directory).catch((error: unknown) => {
      if (errorCode(error) === "ENOENT") return [];
      throw error;
    });
    const firsts = names.map(firstOfName).filter((first) => first !== undefined);
    const known = new Map(this.#found.slice(0, -1).map((segment) => [segment.first, segment]));
    const found: FoundSegment[] = [];
    for (const first of firsts.toSorted((a, b) => a - b)) {
      const segment = known.get(first) ?? (await this.#find(first));
      // One that was begun and holds nothing is not there yet.
      if (segment !== undefined && segment.length >= HEADER_BYTES) found.push(segment);
    }
    const { segments } = chainOf(found, undefined);
    await settleLengths(nodeFiles, segments);
    await this.#take(segments);
  }

  async #take(found: readonly FoundSegment[]): Promise<void> {
    const last = found.at(-1);
    const before = this.#found.at(-1);
    if (last !== undefined) await this.#readLast(last);
    // The one that is being written to stays the same for the reader, which knows its place in it.
    if (last !== undefined && before?.first === last.first && found.length === this.#found.length) {
      before.length = last.length;
      return;
    }
    this.#found = found;
    this.#segments = new Segments(this.#directory, found);
    this.#reader = this.#readerOf(this.#segments);
  }

  /** Finds the end of what can be read in the last segment, going on from the last look. */
  async #readLast(segment: FoundSegment): Promise<void> {
    const { first, path, length: size } = segment;
    const known = this.#last?.first === first ? this.#last : undefined;
    let place = known?.place;
    if (known?.size !== size) {
      const file = await nodeFiles.open(path, "read");
      try {
        place = await placeOfEnd(new Scan(file, first, size, place));
      } finally {
        await file.close();
      }
    }
    if (place === undefined) return;
    this.#last = { first, size, place };
    segment.length = place.position;
    this.#end = first + place.index;
  }

  async #find(first: number): Promise<FoundSegment | undefined> {
    try {
      return await findSegment(nodeFiles, this.#directory, first);
    } catch (error) {
      if (errorCode(error) === "ENOENT") return undefined;
      throw error;
    }
  }

  /** Undefined when the segment has been removed meanwhile; then it has looked again. */
  async #read(at: number, maxBytes: number): Promise<Block | undefined> {
    try {
      return await this.#reader.read(at, maxBytes, this.#end);
    } catch (error) {
      if (errorCode(error) !== "ENOENT") throw error;
      const { begin } = this;
      await this.refresh();
      if (this.begin === begin) throw error;
      return undefined;
    }
  }

  #readerOf(segments: Segments): SegmentReader {
    return new SegmentReader(nodeFiles, segments, (loss) => {
      const place = `${loss.segment} ${loss.position}`;
      if (!this.#told.has(place)) this.#onLoss(loss);
      this.#told.add(place);
    });
  }
}

/** Behind the last record that is whole. */
async function placeOfEnd(scan: Scan): Promise<ScanPlace> {
  for (;;) {
    const { damage, done } = await scan.next(WINDOW_BYTES);
    const torn = damage.find(({ toIndex }) => toIndex === undefined);
    if (torn !== undefined) return { ...scan.place, position: torn.position, index: torn.fromIndex };
    if (done) return scan.place;
  }
}
