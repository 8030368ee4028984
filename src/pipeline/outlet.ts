import { setTimeout as sleep } from "node:timers/promises";
import type { Journal } from "../journal/index.ts";
import { millisOf, type Timestamp } from "../model/index.ts";
import type { Output, WriteError } from "../plugin/index.ts";
import { Alarm } from "./alarm.ts";
import type { Allowance } from "./allowance.ts";
import { addYield, type Batch, type Bounds, emptyBatch, hasRoom, isFull, yieldsOf } from "./batch.ts";
import type { Chain } from "./chain.ts";
import { encodePoints } from "./encode.ts";
import { Flights, type FlightsOptions } from "./flights.ts";
import type { Item, Refusal } from "./item.ts";
import type { LogRecord } from "./log-record.ts";
import type { Pace } from "./pace.ts";
import { Progress, type SavedProgress, type Snapshot } from "./progress.ts";
import { recallChain } from "./recall.ts";
import type { Reject } from "./reject.ts";
import { spanAt } from "./spans.ts";

/** How much of the journal is decoded at a time. */
export const READ_BYTES = 256 * 1024;
/** About what the journal keeps of an entry beside its payload. */
export const RECORD_BYTES = 32;
/** What has waited so much longer than its batch needed is delivered late: it is catching up. */
const LATE_MS = 10_000;

export interface OutletOptions {
  readonly journal: Journal;
  /** A chain that remembers nothing. */
  readonly makeChain: () => Chain;
  readonly output: Output;
  /** Whether the output wants an input's readings. */
  readonly wants: (input: string) => boolean;
  readonly batch: {
    readonly maxPoints: number;
    readonly maxBytes: number;
    readonly maxWaitMs: number;
    readonly inFlight: number;
  };
  readonly writeTimeoutMs: number;
  /** How quickly older points are delivered; undefined: as quickly as the sink takes them. */
  readonly pace?: Pace | undefined;
  /** What may be sent a day. */
  readonly allowance?: Allowance | undefined;
  /** The wall clock, in milliseconds since 1970. */
  readonly now?: () => number;
  readonly saved: SavedProgress;
  readonly save: (progress: SavedProgress) => Promise<void>;
  /** The cursor is saved after so many bytes of the journal. */
  readonly saveEveryBytes: number;
  /** What is on disk has moved: nothing below the offset is read again, also after a crash. */
  readonly onSaved: (needed: number) => void;
  /** Resolves once the rejects are durable. */
  readonly reject: (rejects: readonly Reject[]) => Promise<void>;
  readonly onDecoded: (readings: number, points: number) => void;
  readonly onDelivered: (items: readonly Item[], refusals: readonly Refusal[]) => void;
  /** Each write that failed, also one of a search for bad points. */
  readonly onAttempt: (error: WriteError) => void;
  readonly onTaken: () => void;
  /** So many points are kept and tried again, unless the sink has gone. */
  readonly onTrouble: (error: WriteError, points: number) => void;
  /** Keeping what has to be durable failed; it is tried again. */
  readonly onFailure: (what: "cursor" | "state" | "rejects" | "journal", error: unknown) => void;
}

/** The most of a batch, when the bytes of a day are limited too. */
export function boundsOf({ maxPoints, maxBytes }: OutletOptions["batch"], allowance: Allowance | undefined): Bounds {
  return { maxPoints, maxBytes: Math.min(maxBytes, allowance?.maxBatch ?? Infinity) };
}

/** What batches on their way need of an outlet. @param peers points that wait */
export function flightsOptions(
  options: OutletOptions,
  progress: Progress,
  peers: () => readonly Item[],
): Omit<FlightsOptions, "onLanded"> {
  const { output, batch, allowance, writeTimeoutMs, onAttempt, onTaken, onTrouble } = options;
  const allow = allowance === undefined ? undefined : allowance.take.bind(allowance);
  const bounds = boundsOf(batch, allowance);
  return {
    delivery: { output, ...bounds, timeoutMs: writeTimeoutMs, peers, allow, onAttempt, onTaken, onTrouble },
    progress,
    journal: options.journal,
    places: batch.inFlight,
    reject: options.reject,
    onDelivered: options.onDelivered,
    onFailure: (error) => options.onFailure("rejects", error),
  };
}

/** The agent's side of an output: reads the journal from its cursor on, makes points of it, and delivers them in batches. */
export class Outlet {
  readonly #options: OutletOptions;
  readonly #bounds: Bounds;
  readonly #progress: Progress;
  readonly #flights: Flights;
  readonly #alarm = new Alarm();
  #chain: Chain;
  /** Whether the chain remembers what came before the cursor. */
  #recalled = false;
  #batch: Batch;
  #position: number;
  #drainTo = Infinity;

  constructor(options: OutletOptions) {
    const { saved, makeChain } = options;
    this.#options = options;
    this.#bounds = boundsOf(options.batch, options.allowance);
    this.#chain = makeChain();
    this.#position = saved.offset;
    this.#batch = emptyBatch(saved.offset);
    this.#progress = new Progress({
      saved,
      save: options.save,
      saveEveryBytes: options.saveEveryBytes,
      snapshot: this.#chain.stateful ? () => this.#snapshot() : undefined,
      allowance: options.allowance,
      onSaved: options.onSaved,
      onFailure: (error) => options.onFailure("cursor", error),
    });
    this.#flights = new Flights({
      ...flightsOptions(options, this.#progress, () => this.#batch.items),
      onLanded: () => this.#alarm.ring(),
    });
  }

  /** Everything before it is delivered or rejected. */
  get cursor(): number {
    return this.#progress.cursor;
  }

  /** Where another outlet goes on once this one has ended. */
  get progress(): SavedProgress {
    return this.#progress.saved;
  }

  /** Nothing before it is read again, also after a crash. */
  get needed(): number {
    return this.#progress.needed;
  }

  /** How many entries of the journal are neither delivered nor rejected. */
  get lag(): number {
    return this.#progress.lag(this.#options.journal.end);
  }

  /**
   * The moment at which its chain has something to give if nothing more comes; undefined while there is none, or while
   * the journal has more for it.
   */
  get deadline(): Timestamp | undefined {
    return this.#position < this.#options.journal.end ? undefined : this.#chain.deadline;
  }

  /** The last point that the sink took, and those that wait: one that it takes proves that it does not refuse everything. */
  get peers(): readonly Item[] {
    const { taken } = this.#flights;
    return taken === undefined ? this.#batch.items : [taken, ...this.#batch.items];
  }

  /** Why the sink will not be there again while this process runs. */
  get gone(): WriteError | undefined {
    return this.#flights.gone;
  }

  /** Delivers until drained, aborted, or the sink has gone; then saves the cursor. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      await this.#remember(signal);
      while (this.#position < this.#drainTo && !this.#flights.over) {
        await this.#fill(signal);
        if (this.#full || (this.#due && this.#flights.free)) await this.#dispatch(signal);
      }
      await this.#dispatch(signal);
      await this.#flights.landed();
    } catch (error) {
      await this.#flights.landed();
      if (!signal.aborted) throw error;
    } finally {
      await this.#progress.close().catch((error: unknown) => this.#options.onFailure("cursor", error));
    }
  }

  /** Has `run` end once everything before `offset` is delivered, without waiting for batches to fill. */
  drain(offset: number): void {
    this.#drainTo = offset;
    this.#alarm.ring();
  }

  /** Has the chain remember what it had read before the cursor. */
  async #remember(signal: AbortSignal): Promise<void> {
    const { makeChain, saved, wants, journal } = this.#options;
    const ask = <T>(question: () => Promise<T>) => this.#ask(question, signal);
    const { chain, warmed } = await recallChain({ makeChain, saved, wants, journal, signal, ask });
    this.#chain = chain;
    this.#recalled = true;
    if (warmed) this.#progress.warmed();
  }

  /** What the chain remembers where it stands. */
  #snapshot(): Snapshot | undefined {
    if (!this.#recalled) return undefined;
    const { steps, problems } = this.#chain.save();
    for (const problem of problems) this.#options.onFailure("state", problem);
    return { offset: this.#position, steps };
  }

  /** Waits for readings, or until the batch is due, and adds their points to the batch. */
  async #fill(signal: AbortSignal): Promise<void> {
    const { journal, output, wants, saved, onDecoded } = this.#options;
    if (journal.end <= this.#position && !(await this.#more(signal))) return;
    const ask = () => journal.read(this.#position, READ_BYTES, signal);
    const block = this.#passDelivered() ?? (await this.#ask(ask, signal));
    if (block === undefined) return;
    const made = this.#chain.run(block.entries, wants);
    // At once: a snapshot of the chain may be taken while a batch waits to be sent.
    this.#position = block.next;
    const isNew = ({ offset }: { readonly offset: number }) => spanAt(saved.delivered ?? [], offset) === undefined;
    const points = made.points.filter(isNew);
    onDecoded(made.readings, points.length);
    const encoded = encodePoints(output, points, block.entries);
    const receivedAt = receiveTimes(block.entries);
    for (const each of yieldsOf(encoded.items, [...made.rejects.filter(isNew), ...encoded.rejects])) {
      const received = receivedAt(each.offset);
      if (!hasRoom(this.#batch, each, this.#boundsAt(this.#batch.received ?? received))) {
        this.#batch.upTo = Math.max(this.#batch.upTo, each.offset);
        await this.#dispatch(signal);
      }
      addYield(this.#batch, each, received);
    }
    this.#batch.upTo = block.next;
    this.#batch.read += block.bytes + block.entries.length * RECORD_BYTES;
  }

  /** A block without entries in place of what was delivered newest first, which only a chain with a memory has to see. */
  #passDelivered() {
    const { stateful, timed } = this.#chain;
    const span = stateful || timed ? undefined : spanAt(this.#options.saved.delivered ?? [], this.#position);
    return span === undefined ? undefined : { entries: [], next: span[1], bytes: 0 };
  }

  /** Undefined when the journal could not be read: it has to be asked again. */
  async #ask<T>(question: () => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
    signal.throwIfAborted();
    try {
      return await question();
    } catch (error) {
      signal.throwIfAborted();
      this.#options.onFailure("journal", error);
      await sleep(1_000, undefined, { signal });
      return undefined;
    }
  }

  /** Waits until the journal has more; false when the batch is to be looked at before. */
  async #more(signal: AbortSignal): Promise<boolean> {
    const wait = this.#batch.since === undefined || !this.#flights.free ? undefined : this.#waitLeft;
    if (wait !== undefined && wait <= 0) return false;
    return this.#alarm.wait(this.#options.journal, this.#position, wait, signal);
  }

  get #waitLeft(): number {
    const { since = 0 } = this.#batch;
    return since + this.#options.batch.maxWaitMs - performance.now();
  }

  get #full(): boolean {
    return isFull(this.#batch, this.#boundsAt(this.#batch.received));
  }

  /** The most of a batch that begins with a reading of that time: late ones go in batches of at most a second's points. */
  #boundsAt(received: number | undefined): Bounds {
    const { pace } = this.#options;
    if (pace === undefined || !this.#isLate(received)) return this.#bounds;
    return { ...this.#bounds, maxPoints: Math.min(this.#bounds.maxPoints, pace.maxBatch) };
  }

  #isLate(received = Infinity): boolean {
    const { batch, now = Date.now } = this.#options;
    return received + batch.maxWaitMs + LATE_MS < now();
  }

  /** Whether the batch is old enough to be sent, or has nothing in it but progress. */
  get #due(): boolean {
    return this.#batch.since === undefined || this.#waitLeft <= 0;
  }

  /** Sends the batch on its way as soon as one of the places in flight is free. */
  async #dispatch(signal: AbortSignal): Promise<void> {
    const batch = this.#batch;
    if (batch.upTo === batch.from) return;
    await this.#keepPace(batch, signal);
    await this.#flights.place();
    signal.throwIfAborted();
    if (this.#flights.over) return;
    this.#batch = emptyBatch(batch.upTo);
    this.#flights.launch(batch, signal);
  }

  async #keepPace({ items, received }: Batch, signal: AbortSignal): Promise<void> {
    const { pace } = this.#options;
    if (pace === undefined || items.length === 0 || !this.#isLate(received)) return;
    await pace.turn(signal);
    pace.take(items.length);
  }
}

/** When the reading of an offset was received, in milliseconds since 1970; offsets are asked for in order. */
function receiveTimes(records: readonly LogRecord[]): (offset: number) => number {
  let index = 0;
  return (offset) => {
    while ((records[index + 1]?.offset ?? Infinity) <= offset) index += 1;
    const record = records[index];
    return record === undefined ? Infinity : millisOf(record.time);
  };
}
