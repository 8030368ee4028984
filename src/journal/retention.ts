import { setTimeout as sleep } from "node:timers/promises";
import { countReadings } from "./count-readings.ts";
import { asError, errorCode, type FileLayer } from "./files.ts";
import type { Loss, LossReason } from "./loss.ts";
import { entriesOf, type RemovedSegment } from "./removed-segment.ts";
import type { Segment } from "./segment.ts";
import type { Segments } from "./segments.ts";

/** `soon`: what is under way will make room. */
export type Room = "now" | "soon" | "none";

export interface RetentionOptions {
  readonly files: FileLayer;
  readonly segments: Segments;
  readonly maxAgeMs: number;
  readonly whenFull: "block" | "drop_oldest";
  readonly now: () => number;
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

  /** Removes segments that every output has delivered and that are old enough. */
  expire(): void {
    const { segments, maxAgeMs, now } = this.#options;
    for (;;) {
      const { oldest, second } = segments;
      // A segment's entries are no younger than the beginning of the next one.
      if (oldest === undefined || second === undefined || second.length === 0 || second.first > this.#all) return;
      if ((second.created ?? Infinity) + maxAgeMs > now()) return;
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
    await this.#unlink(segment);
    this.#removingBytes -= segment.length;
    this.#options.onRemoved();
  }

  async #tell(reason: LossReason, segment: Segment, from: number, end: number): Promise<void> {
    if (from >= end) return;
    const inputs = await countReadings(this.#options.files, segment, from, end).catch(() => undefined);
    const count = inputs === undefined ? end - from : Object.values(inputs).reduce((sum, each) => sum + each, 0);
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

  async #unlink(segment: Segment): Promise<void> {
    const { files, onFailure } = this.#options;
    for (let failed = false; ; failed = true) {
      try {
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
      return;
    }
  }
}
