import type { Block } from "../journal/index.ts";
import { millisOf } from "../model/index.ts";
import { askJournal } from "./ask-journal.ts";
import { type Batch, type Bounds, emptyBatch, isFull } from "./batch.ts";
import type { Chain } from "./chain.ts";
import { encodePoints } from "./encode.ts";
import type { LogRecord } from "./log-record.ts";
import type { OutletOptions } from "./outlet-options.ts";
import { type Span, spanAt } from "./spans.ts";
import { Yields } from "./yields.ts";

/** How much of the journal is decoded at a time: little, so that what is made of it is garbage before it gets old. */
const READ_BYTES = 64 * 1024;
/** About what the journal keeps of an entry beside its payload. */
const RECORD_BYTES = 32;

export interface LaneOptions extends Pick<OutletOptions, "journal" | "output" | "wants" | "onDecoded" | "onFailure"> {
  readonly chain: Chain;
  /** The most of a batch that begins with a reading received then, in milliseconds since 1970; undefined while it has none. */
  readonly bounds: (received: number | undefined) => Bounds;
  /** What is delivered already: only the chain has to see it. */
  readonly delivered?: readonly Span[] | undefined;
}

/** Reads a part of the journal forward and makes batches of it. */
export class Lane {
  readonly #options: LaneOptions;
  readonly #delivered: readonly Span[];
  readonly #yields = new Yields();
  #receivedAt: (offset: number) => number = () => Infinity;
  #position = 0;
  #end = 0;
  #batch = emptyBatch(0);
  #starts = 0;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#delivered = options.delivered ?? [];
  }

  get chain(): Chain {
    return this.#options.chain;
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
    return this.#yields.waiting !== undefined || isFull(this.#batch, this.#options.bounds(this.#batch.received));
  }

  /** All is read and in the batch, or taken. */
  get through(): boolean {
    return this.#position >= this.#end && this.#yields.waiting === undefined;
  }

  /** Whether there is nothing to take. */
  get empty(): boolean {
    return this.#batch.upTo === this.#batch.from;
  }

  /** Goes on at one offset and ends before another. What was read before and not taken is dropped. */
  start(from: number, end = Infinity): void {
    this.#starts += 1;
    this.#yields.clear();
    this.#position = from;
    this.#end = end;
    this.#batch = emptyBatch(from);
  }

  /** Hands over the batch, and begins the next one. */
  take(): Batch {
    const batch = this.#batch;
    // At a low rate a batch stays small.
    this.#batch = emptyBatch(batch.upTo, batch.points.size);
    this.#pack();
    return batch;
  }

  /** Reads a block into the batch, which is not full; nothing, after a while, when the journal cannot be read. */
  async read(signal: AbortSignal): Promise<void> {
    const { journal, onFailure } = this.#options;
    const starts = this.#starts;
    const ask = () => journal.read(this.#position, READ_BYTES, signal);
    const block = this.#passDelivered() ?? (await askJournal(ask, onFailure, signal));
    if (block === undefined || starts !== this.#starts) return;
    const { entries, next, bytes } = block;
    this.#batch.read += bytes + entries.length * RECORD_BYTES;
    this.#make(next > this.#end ? entries.filter(({ offset }) => offset < this.#end) : entries);
    // At once: a snapshot of the chain may be taken while a batch waits to be sent.
    this.#position = Math.min(next, this.#end);
    this.#pack();
  }

  /** A block without entries in place of what is delivered, when the chain has no memory. */
  #passDelivered(): Block | undefined {
    const { stateful, timed } = this.chain;
    const span = stateful || timed ? undefined : spanAt(this.#delivered, this.#position);
    return span === undefined ? undefined : { entries: [], next: span[1], bytes: 0 };
  }

  #make(records: readonly LogRecord[]): void {
    const { chain, output, wants, onDecoded } = this.#options;
    const made = chain.run(records, wants);
    const points = this.#undelivered(made.points);
    onDecoded(made.readings, points.length);
    this.#yields.clear();
    const rejects = encodePoints(output, points, records, this.#yields.points);
    this.#yields.setRejects([...this.#undelivered(made.rejects), ...rejects]);
    this.#receivedAt = receiveTimes(records);
  }

  #undelivered<T extends { readonly offset: number }>(made: readonly T[]): readonly T[] {
    if (this.#delivered.length === 0) return made;
    return made.filter(({ offset }) => spanAt(this.#delivered, offset) === undefined);
  }

  /** Moves into the batch what it has room for. */
  #pack(): void {
    const batch = this.#batch;
    this.#yields.pack(batch, this.#options.bounds, this.#receivedAt);
    batch.upTo = Math.max(batch.upTo, this.#yields.waiting ?? this.#position);
  }
}

/** When the record of an offset was received, in milliseconds since 1970; offsets are asked for in order. */
function receiveTimes(records: readonly LogRecord[]): (offset: number) => number {
  let index = 0;
  return (offset) => {
    while ((records[index + 1]?.offset ?? Infinity) <= offset) index += 1;
    const record = records[index];
    return record === undefined ? Infinity : millisOf(record.time);
  };
}
