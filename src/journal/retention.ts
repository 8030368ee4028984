import { setTimeout as sleep } from "node:timers/promises";
import type { Anchor, AnchorState } from "./anchor.ts";
import { countReadings } from "./count-readings.ts";
import { asError, errorCode, type FileLayer, isFull } from "./files.ts";
import type { HashChain } from "./hash-chain.ts";
import type { Loss, LossReason } from "./loss.ts";
import { entriesOf, type RemovedSegment } from "./removed-segment.ts";
import { footerOf } from "./segment-lengths.ts";
import type { Segment } from "./segment.ts";
import type { Segments } from "./segments.ts";

/** `soon`: what is under way will make room. */
export type Room = "now" | "soon" | "none";

export interface RetentionOptions {
  readonly files: FileLayer;
  readonly segments: Segments;
  readonly maxAgeMs: number;
  readonly whenFull: "block" | "drop_oldest";
  /** How long the journal has been open in all, in milliseconds. */
  readonly runningMs: () => number;
  readonly anchor: Anchor;
  readonly hashes: HashChain;
  readonly onLoss: (loss: Loss) => void;
  /** A segment's file is gone. */
  readonly onRemoved: () => void;
  /** Removing a file fails, or works again. */
  readonly onFailure: (error: Error | undefined) => void;
  /** The offset after the last entry. */
  readonly end: () => number;
  /** Ends the segment being filled, so that it can go, and has the next one written; false when it holds nothing. */
  readonly seal: () => boolean;
  /** As in JournalOptions. */
  readonly beforeRemoval?: ((removed: RemovedSegment) => Promise<void>) | undefined;
}

const RETRY_MS = 1_000;

/** Decides which segments may go, and removes them, the oldest first. */
export class Retention {
  readonly #options: RetentionOptions;
  readonly #closing = new AbortController();
  #required = 0;
  #all = 0;
  #removingBytes = 0;
  #removals: Promise<void> = Promise.resolve();

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  /** What segments take whose files are about to be removed, in bytes. */
  get removingBytes(): number {
    return this.#removingBytes;
  }

  /** The lowest offset that a required output still needs, and that any output still needs. */
  setDelivered(required: number, all: number): void {
    this.#required = Math.max(required, all);
    this.#all = all;
    this.expire();
  }

  /**
   * Removes segments that every output has delivered and that are old enough. Their age is the time that the journal
   * was open since: a wall clock that jumps, or is not set yet, makes nothing older.
   */
  expire(): void {
    const { segments, maxAgeMs, runningMs } = this.#options;
    for (;;) {
      const { oldest, second } = segments;
      // A segment's entries are no younger than the beginning of the next one.
      if (oldest === undefined || second === undefined || second.length === 0 || second.first > this.#all) return;
      if ((second.runningMs ?? 0) + maxAgeMs > runningMs()) return;
      this.#remove(oldest, second.first);
    }
  }

  /**
   * Makes room where the rules allow it.
   * @param limit how much the journal may take, in bytes
   * @param needed what it would take without what is removed now
   */
  makeRoom(limit: number, needed: () => number): Room {
    while (needed() > limit) {
      if (!this.#removeOldest()) return this.#removingBytes > 0 ? "soon" : this.#sealOnly();
    }
    return needed() + this.#removingBytes > limit ? "soon" : "now";
  }

  /** The disk has no room: removes one segment if the rules allow it. */
  free(): void {
    this.#removeOldest();
  }

  /** Waits for removals under way; one that fails now is left for the next run. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#removals;
  }

  #removeOldest(): boolean {
    const { oldest, second } = this.#options.segments;
    if (oldest === undefined || second === undefined || second.length === 0 || !this.#mayGo(second.first)) return false;
    this.#remove(oldest, second.first);
    return true;
  }

  #mayGo(end: number): boolean {
    return end <= this.#required || this.#options.whenFull === "drop_oldest";
  }

  /** With one segment on disk, that one can go only after the next. */
  #sealOnly(): Room {
    const { second } = this.#options.segments;
    if (second !== undefined && second.length > 0) return "none";
    return this.#mayGo(second?.first ?? this.#options.end()) && this.#options.seal() ? "soon" : "none";
  }

  #remove(segment: Segment, end: number): void {
    this.#options.segments.removeOldest();
    this.#removingBytes += segment.length;
    const read = () => entriesOf(this.#options.files, segment, segment.first);
    const copied = this.#options.beforeRemoval?.({ first: segment.first, end, read }).catch(() => undefined);
    this.#removals = this.#removeAfter(Promise.all([this.#removals, copied]), segment, end, this.#required, this.#all);
  }

  async #removeAfter(
    before: Promise<unknown>,
    segment: Segment,
    end: number,
    required: number,
    all: number,
  ): Promise<void> {
    await before;
    await this.#tell("dropped_oldest", segment, Math.max(segment.first, required), end);
    await this.#tell("passed_optional", segment, Math.max(segment.first, all), Math.min(end, required));
    await this.#unlink(segment, await this.#removed(segment, end));
    this.#removingBytes -= segment.length;
    this.#options.onRemoved();
  }

  async #tell(reason: LossReason, segment: Segment, from: number, end: number): Promise<void> {
    if (from >= end) return;
    const inputs = await countReadings(this.#options.files, segment, from, end).catch(() => undefined);
    const count = inputs === undefined ? end - from : sum(inputs);
    if (count === 0) return;
    const why =
      reason === "dropped_oldest"
        ? "dropped before they were delivered (when_full: drop_oldest)"
        : "passed over for outputs that are not required and had not delivered them";
    const message = `the journal is full: its ${count} oldest readings, offsets ${from} to ${end - 1}, were ${why}; see why an output does not deliver, or raise max_size`;
    this.#options.onLoss({
      reason,
      count,
      fromOffset: from,
      toOffset: end,
      ...(inputs === undefined ? {} : { inputs }),
      message,
    });
  }

  /** What the anchor says once this segment is gone; undefined when it says so already. */
  async #removed(segment: Segment, end: number): Promise<Partial<AnchorState> | undefined> {
    const { files, anchor, hashes, segments } = this.#options;
    const { next = 0, readings = 0 } = anchor.state ?? {};
    if (end <= next) return undefined;
    const after = segments.at(end);
    const known = after && (await footerOf(files, after).catch(() => undefined));
    const hash = known?.hashBefore ?? (await hashes.of(segment));
    const footer = await footerOf(files, segment).catch(() => undefined);
    const count = footer?.readings ?? sum(await countReadings(files, segment, segment.first, end).catch(() => ({})));
    return { next: end, segment: segment.first, hash: hash?.toString("hex"), readings: readings + count };
  }

  /** The anchor first: what is missing then was removed here. A disk that is full even for that has to be emptied. */
  async #unlink(segment: Segment, removed: Partial<AnchorState> | undefined): Promise<void> {
    const { files, anchor, onFailure } = this.#options;
    let anchored = removed === undefined;
    const save = async (): Promise<void> => {
      if (anchored) return;
      await anchor.save({ ...removed, runningMs: this.#options.runningMs() });
      anchored = true;
    };
    for (let failed = false; ; failed = true) {
      try {
        await save().catch(throwUnlessFull);
        await files.remove(segment.path);
      } catch (error) {
        if (errorCode(error) !== "ENOENT") {
          if (!failed) onFailure(asError(error));
          if (this.#closing.signal.aborted) return;
          await sleep(RETRY_MS, undefined, { signal: this.#closing.signal }).catch(() => {});
          continue;
        }
      }
      if (failed) onFailure(undefined);
      await save().catch(() => {});
      return;
    }
  }
}

function throwUnlessFull(error: unknown): void {
  if (!isFull(error)) throw asError(error);
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, each) => total + each, 0);
}
