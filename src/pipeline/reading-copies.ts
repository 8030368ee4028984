import type { Block, FileLayer, RemovedSegment } from "../journal/index.ts";
import type { Reading } from "../model/index.ts";
import { Backoff } from "./backoff.ts";
import { copyPath, listCopies, readingsOf, readWhole, removeUnfinished, sizeOf, writeCopies } from "./copy-file.ts";
import { blockOf, collectCopies, inGroups, type Named } from "./collect-copies.ts";

/** Readings of which there is no copy, and no other. */
export interface LostCopies {
  readonly reason: "reject_copies_full" | "reject_not_copied";
  /** How many; for a segment that could not be read the most it can be. */
  readonly count: number;
  /** They lie between these offsets, the last one excluded. */
  readonly fromOffset: number;
  readonly toOffset: number;
  readonly cause?: unknown;
}

export interface ReadingCopiesOptions {
  readonly directory: string;
  readonly files: FileLayer;
  readonly onLost: (lost: LostCopies) => void;
  /** What all of them may take on disk, in bytes. */
  readonly maxBytes?: number;
}

/** The copies of one segment's readings. */
interface Copies {
  readonly first: number;
  /** The offset after the last. */
  readonly end: number;
  readonly bytes: number;
  /** What could not be written yet. */
  unwritten?: Buffer | undefined;
}

const MAX_BYTES = 64 * 2 ** 20;
/** What may be held in memory because the disk does not take it. */
const MOST_UNWRITTEN_BYTES = 16 * 2 ** 20;
/** How often it is tried to write copies whose segment has gone already: for some minutes. */
const MOST_ATTEMPTS = 20;

/**
 * Copies of the readings that rejects name, made before their segment of the journal goes: a file for each segment.
 * When all of them together are too large, the oldest go. What the disk does not take is held in memory and tried
 * again, so that a full disk can be emptied by removing the segment.
 */
export class ReadingCopies {
  readonly #options: ReadingCopiesOptions;
  readonly #maxBytes: number;
  /** In the order of their offsets. */
  #all: readonly Copies[] = [];
  #loaded: { readonly of: Copies; readonly readings: readonly Reading[] } | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  readonly #backoff = new Backoff();
  #attempts = 0;
  #retry: NodeJS.Timeout | undefined;

  /** Opens a directory, which is made when there is something to put into it. */
  static async open(options: ReadingCopiesOptions): Promise<ReadingCopies> {
    const { directory, files } = options;
    const copies = new ReadingCopies(options);
    const firsts = await listCopies(directory, files);
    const found: Copies[] = [];
    for (const [index, first] of firsts.entries()) {
      const bytes = await sizeOf(copyPath(directory, first), files);
      found.push({ first, end: firsts[index + 1] ?? Infinity, bytes });
    }
    copies.#all = found;
    return copies;
  }

  private constructor(options: ReadingCopiesOptions) {
    this.#options = options;
    this.#maxBytes = options.maxBytes ?? MAX_BYTES;
  }

  /** What they take, in bytes. */
  get bytes(): number {
    return this.#all.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /**
   * Copies what is wanted of a segment; later calls see what it did. Resolves once that is on disk, or when the
   * segment may go although it is not. Does not throw.
   * @param named looked for when it is this segment's turn; undefined when nothing can be wanted of it
   */
  async keep({ first, end, read }: RemovedSegment, named: () => Promise<Named | undefined>): Promise<void> {
    await this.#inTurn(async () => {
      try {
        const wanted = await named();
        if (wanted === undefined) return;
        const { content, left } = await collectCopies(read(), wanted, this.#maxBytes / 2);
        if (left > 0)
          this.#options.onLost({ reason: "reject_copies_full", count: left, fromOffset: first, toOffset: end });
        await this.#put({ first, end, bytes: content.length, unwritten: content });
      } catch (cause) {
        const count = end - first;
        this.#options.onLost({ reason: "reject_not_copied", count, fromOffset: first, toOffset: end, cause });
      }
    });
  }

  /** Copies from `from` on, below `end`: about `maxBytes` of payload, but at least one; undefined when there is none. */
  async read(from: number, end: number, maxBytes: number): Promise<Block | undefined> {
    return this.#inTurn(async () => {
      for (const copies of this.#all.filter((each) => each.first < end && each.end > from)) {
        const readings = await this.#load(copies);
        const left = readings.filter(({ offset }) => offset >= from && offset < end);
        if (left.length > 0) return blockOf(left, maxBytes);
      }
      this.#loaded = undefined;
      return undefined;
    });
  }

  /** Forgets the copies between two offsets, both included, that nobody wants any more. Does not throw: what stays goes another time. */
  async prune(first: number, last: number, named: () => Promise<Named>): Promise<void> {
    const { directory, files } = this.#options;
    await this.#inTurn(async () => {
      try {
        await removeUnfinished(directory, files);
        const near = this.#all.filter((each) => each.first <= last && each.end > first);
        const wanted = near.length === 0 ? undefined : await named();
        if (wanted !== undefined) for (const copies of near) await this.#pruneOne(copies, wanted);
      } catch {
        // A disk that is full or fails: they are bounded all the same.
      }
    });
  }

  /** Writes what could not be written before, a last time. */
  async close(): Promise<void> {
    clearTimeout(this.#retry);
    this.#attempts = Infinity;
    await this.#inTurn(() => this.#writeAll());
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(task);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  async #put(copies: Copies): Promise<void> {
    const { bytes, first } = copies;
    this.#loaded = undefined;
    await this.#remove(this.#all.find((each) => each.first === first));
    if (bytes === 0) return;
    await this.#makeRoom(bytes);
    this.#all = [...this.#all, copies].toSorted((one, other) => one.first - other.first);
    await this.#writeAll();
  }

  async #makeRoom(bytes: number): Promise<void> {
    for (
      let oldest = this.#all[0];
      oldest !== undefined && this.bytes + bytes > this.#maxBytes;
      oldest = this.#all[0]
    ) {
      const readings = await this.#load(oldest);
      await this.#remove(oldest);
      this.#lost(readings, "reject_copies_full");
    }
  }

  async #remove(copies: Copies | undefined): Promise<void> {
    if (copies === undefined) return;
    const { directory, files } = this.#options;
    if (copies.unwritten === undefined) {
      await files.remove(copyPath(directory, copies.first)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOENT") throw error;
      });
    }
    this.#loaded = undefined;
    this.#all = this.#all.filter((each) => each !== copies);
  }

  /** Writes what is not written yet; what fails is tried again for a while, from memory, and then lost. */
  async #writeAll(): Promise<void> {
    const { directory, files } = this.#options;
    try {
      for (const copies of this.#all) {
        if (copies.unwritten === undefined) continue;
        await writeCopies(copyPath(directory, copies.first), copies.unwritten, files);
        copies.unwritten = undefined;
      }
      this.#attempts = 0;
      this.#backoff.reset();
    } catch (cause) {
      const over = this.#attempts > MOST_ATTEMPTS;
      await this.#giveUp(over ? 0 : MOST_UNWRITTEN_BYTES, cause);
      if (over) this.#attempts = 0;
      else this.#retry ??= setTimeout(() => this.#again(), this.#backoff.next()).unref();
    }
  }

  #again(): void {
    this.#retry = undefined;
    this.#attempts += 1;
    void this.#inTurn(() => this.#writeAll());
  }

  /** Loses the oldest of what is not written, until it takes no more than so many bytes. */
  async #giveUp(most: number, cause: unknown): Promise<void> {
    const unwritten = this.#all.filter((each) => each.unwritten !== undefined);
    let bytes = unwritten.reduce((sum, each) => sum + each.bytes, 0);
    for (const copies of unwritten) {
      if (bytes <= most) return;
      bytes -= copies.bytes;
      const readings = await this.#load(copies);
      await this.#remove(copies);
      this.#lost(readings, "reject_not_copied", cause);
    }
  }

  async #pruneOne(copies: Copies, wanted: Named): Promise<void> {
    const readings = await this.#load(copies);
    this.#loaded = undefined;
    const { content } = await collectCopies(inGroups(readings), wanted, Infinity);
    if (content.length === 0) return this.#remove(copies);
    if (content.length === copies.bytes) return;
    const { directory, files } = this.#options;
    const written = copies.unwritten === undefined;
    if (written) await writeCopies(copyPath(directory, copies.first), content, files);
    const pruned = { ...copies, bytes: content.length, unwritten: written ? undefined : content };
    this.#all = this.#all.map((each) => (each === copies ? pruned : each));
  }

  async #load(copies: Copies): Promise<readonly Reading[]> {
    if (this.#loaded?.of === copies) return this.#loaded.readings;
    const { directory, files } = this.#options;
    const content = copies.unwritten ?? (await readWhole(copyPath(directory, copies.first), files));
    const readings = await readingsOf(content);
    this.#loaded = { of: copies, readings };
    return readings;
  }

  #lost(readings: readonly Reading[], reason: LostCopies["reason"], cause?: unknown): void {
    const [first, last] = [readings[0], readings.at(-1)];
    if (first === undefined || last === undefined) return;
    const lost = { reason, count: readings.length, fromOffset: first.offset, toOffset: last.offset + 1, cause };
    this.#options.onLost(lost);
  }
}
