import { setTimeout as sleep } from "node:timers/promises";
import type { Entry } from "../journal/index.ts";
import { addYield, type Batch, type Bounds, emptyBatch, hasRoom, isFull, type Yield, yieldsOf } from "./batch.ts";
import type { Chain } from "./chain.ts";
import { encodePoints } from "./encode.ts";
import { type OutletOptions, READ_BYTES, RECORD_BYTES } from "./outlet.ts";

export interface LaneOptions extends Pick<OutletOptions, "journal" | "output" | "wants" | "onDecoded" | "onFailure"> {
  readonly chain: Chain;
  readonly bounds: Bounds;
}

/** Reads a part of the journal forward and makes batches of it. */
export class Lane {
  readonly #options: LaneOptions;
  /** Made, and not yet in the batch. */
  #yields: readonly Yield[] = [];
  #position = 0;
  #end = 0;
  #batch = emptyBatch(0);
  #starts = 0;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  /** What was read last and not taken. */
  get batch(): Batch {
    return this.#batch;
  }

  /** Up to where the journal is read. */
  get position(): number {
    return this.#position;
  }

  /** Where its part of the journal ends. */
  get end(): number {
    return this.#end;
  }

  /** Nothing more goes into the batch. */
  get full(): boolean {
    return this.#yields.length > 0 || isFull(this.#batch, this.#options.bounds);
  }

  /** All is read and in the batch, or taken. */
  get through(): boolean {
    return this.#position >= this.#end && this.#yields.length === 0;
  }

  /** Whether there is nothing to take. */
  get empty(): boolean {
    return this.#batch.upTo === this.#batch.from;
  }

  /** Goes on at one offset and ends before another. What was read before and not taken is dropped. */
  start(from: number, end = Infinity): void {
    this.#starts += 1;
    this.#yields = [];
    this.#position = from;
    this.#end = end;
    this.#batch = emptyBatch(from);
  }

  /** Hands over the batch, and begins the next one. */
  take(): Batch {
    const batch = this.#batch;
    this.#batch = emptyBatch(batch.upTo);
    this.#pack();
    return batch;
  }

  /** Reads a block into the batch; nothing, after a while, when the journal cannot be read. */
  async read(signal: AbortSignal): Promise<void> {
    const { journal, onFailure } = this.#options;
    const starts = this.#starts;
    try {
      const { entries, next, bytes } = await journal.read(this.#position, READ_BYTES, signal);
      if (starts !== this.#starts) return;
      this.#position = Math.min(next, this.#end);
      this.#batch.read += bytes + entries.length * RECORD_BYTES;
      this.#make(entries.filter(({ offset }) => offset < this.#end));
    } catch (error) {
      signal.throwIfAborted();
      onFailure("journal", error);
      await sleep(1_000, undefined, { signal });
    }
  }

  #make(entries: readonly Entry[]): void {
    const { chain, output, wants, onDecoded } = this.#options;
    const { readings, points, rejects } = chain.run(entries, wants);
    onDecoded(readings, points.length);
    const encoded = encodePoints(output, points, entries);
    this.#yields = [...this.#yields, ...yieldsOf(encoded.items, [...rejects, ...encoded.rejects])];
    this.#pack();
  }

  /** Moves into the batch what it has room for. */
  #pack(): void {
    const next = this.#yields.findIndex((each) => {
      if (!hasRoom(this.#batch, each, this.#options.bounds)) return true;
      addYield(this.#batch, each);
      return false;
    });
    this.#yields = next < 0 ? [] : this.#yields.slice(next);
    const upTo = this.#yields[0]?.offset ?? this.#position;
    this.#batch.upTo = Math.max(this.#batch.upTo, upTo);
  }
}
