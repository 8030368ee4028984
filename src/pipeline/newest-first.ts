import type { WriteError } from "../plugin/index.ts";
import { Alarm } from "./alarm.ts";
import type { Bounds } from "./batch.ts";
import { Backoff } from "./backoff.ts";
import { Flights } from "./flights.ts";
import type { Item } from "./item.ts";
import { Lane } from "./lane.ts";
import { boundsOf, flightsOptions, type OutletOptions } from "./outlet-options.ts";
import { Progress, type SavedProgress } from "./progress.ts";

/** A slice of the backlog is at most so many times what a batch holds, however few points its readings make. */
const LARGEST_SLICE = 64;
/** How often it is looked whether more may be sent today. */
const LOOK_EVERY_MS = 1_000;

/**
 * The agent's side of an output that wants the newest first: a live lane reads the journal's end, and beside it a
 * backlog lane what an outage has left, slice by slice from the newest to the oldest. When the sink does not take a
 * batch, all that is undelivered becomes backlog, of which the newest slice is the next attempt.
 */
export class NewestFirst {
  readonly #options: OutletOptions;
  readonly #progress: Progress;
  readonly #flights: Flights;
  readonly #live: Lane;
  readonly #backlog: Lane;
  readonly #alarm = new Alarm();
  readonly #backoff = new Backoff();
  /** The sink is away, or may not be written to: when the next attempt is due, on the monotonic clock. */
  #away: number | undefined;
  #probing = false;
  /** Where the last attempt began. */
  #probed = Infinity;
  /** Attempts take what is older: the sink refused this, and only others that it takes can prove that it is the points. */
  #refused = Infinity;
  /** A write failed, and none was taken since. */
  #troubled = false;
  readonly #sliceBounds: Bounds;
  /** How many entries of the journal a batch of the backlog is expected to hold. */
  #sliceEntries: number;
  #drainTo = Infinity;

  constructor(options: OutletOptions) {
    const { allowance, pace } = options;
    this.#options = options;
    this.#progress = new Progress({
      ...options,
      hurries: () => options.journal.held,
      allowance,
      snapshot: undefined,
      onFailure: (error) => options.onFailure("cursor", error),
    });
    const shared = flightsOptions(options, this.#progress, () => [
      ...this.#live.batch.points.items,
      ...this.#backlog.batch.points.items,
    ]);
    this.#flights = new Flights({
      ...shared,
      delivery: {
        ...shared.delivery,
        handsBack: true,
        onTaken: () => this.#taken(),
        onTrouble: (error, points) => {
          this.#troubled = true;
          options.onTrouble(error, points);
        },
      },
      onReturned: (error) => this.#returned(error),
      onLanded: () => this.#alarm.ring(),
    });
    const bounds = boundsOf(options.batch, allowance);
    this.#live = new Lane({ ...options, chain: options.makeChain(), bounds: () => bounds });
    this.#sliceBounds = { ...bounds, maxPoints: Math.min(bounds.maxPoints, pace?.maxBatch ?? Infinity) };
    this.#backlog = new Lane({ ...options, chain: options.makeChain(), bounds: () => this.#sliceBounds });
    this.#sliceEntries = this.#sliceBounds.maxPoints;
    this.#live.start(options.journal.end);
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

  /** None: its chains wait for no moment. */
  get deadline(): undefined {
    return undefined;
  }

  /** The last point that the sink took, and those that wait: one that it takes proves that it does not refuse everything. */
  get peers(): readonly Item[] {
    const { taken } = this.#flights;
    const waiting = [...this.#live.batch.points.items, ...this.#backlog.batch.points.items];
    return taken === undefined ? waiting : [taken, ...waiting];
  }

  /** Why the sink will not be there again while this process runs. */
  get gone(): WriteError | undefined {
    return this.#flights.gone;
  }

  /** Delivers until drained, aborted, or the sink has gone; then saves how far it has come. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      while (this.cursor < this.#drainTo && !this.#flights.over) {
        await (this.#away === undefined ? this.#deliver(signal) : this.#probe(this.#away, signal));
      }
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

  /** Has `run` end rather than wait for the next day's bytes. */
  callOff(): void {
    this.#flights.callOff();
    this.#alarm.ring();
  }

  /** Does the next thing that can be done: live data first. */
  async #deliver(signal: AbortSignal): Promise<void> {
    const { journal, allowance } = this.#options;
    const live = this.#live;
    if (this.#liveDue && this.#flights.free) {
      if (allowance?.allows(live.batch.points.size) === false) this.#away = performance.now();
      else this.#flights.launch(live.take(), signal);
      return;
    }
    if (!live.full && journal.end > live.position) return live.read(signal);
    if (this.#backlogReady ? this.#backlogMayGo : this.#nextSlice()) {
      return this.#backlogReady ? this.#launchBacklog(signal) : this.#readSlice(signal);
    }
    await this.#wait(this.#shortestWait, signal);
  }

  /** Tries the newest of what is undelivered, alone. */
  async #probe(due: number, signal: AbortSignal): Promise<void> {
    const { journal, allowance } = this.#options;
    const left = allowance?.usedUp === true ? LOOK_EVERY_MS : due - performance.now();
    if (this.#flights.count > 0 || left > 0) return this.#wait(left > 0 ? left : undefined, signal);
    this.#live.start(journal.end);
    this.#backlog.start(0, 0);
    if (!this.#nextSlice()) {
      // Below what was refused there is nothing left: from the newest on again.
      if (this.#refused === Infinity) this.#away = undefined;
      this.#refused = Infinity;
      return;
    }
    while (!this.#backlogReady) await this.#readSlice(signal);
    if (allowance?.allows(this.#backlog.batch.points.size) === false) {
      this.#away = performance.now() + LOOK_EVERY_MS;
      return;
    }
    this.#probing = true;
    this.#probed = this.#backlog.batch.from;
    this.#launchBacklog(signal);
  }

  #taken(): void {
    this.#options.onTaken();
    // While it is away, what is still on its way from before tells nothing: the next attempt does.
    if (this.#away !== undefined && !this.#probing) return;
    // What piled up behind a batch that was retried is backlog, too.
    if (this.#troubled && !this.#probing) this.#live.start(this.#options.journal.end);
    this.#away = undefined;
    this.#probing = false;
    this.#troubled = false;
    this.#refused = Infinity;
    this.#backoff.reset();
  }

  #returned({ kind, retryAfterMs }: WriteError): void {
    if (this.#away !== undefined && !this.#probing) return;
    this.#refused = this.#probing && (kind === "refused" || kind === "too_large") ? this.#probed : Infinity;
    this.#probing = false;
    this.#away = performance.now() + this.#backoff.nextAfter(retryAfterMs);
  }

  get #liveDue(): boolean {
    const { empty, full, batch } = this.#live;
    return !empty && (full || batch.since === undefined || this.#drainTo < Infinity || this.#liveWait <= 0);
  }

  get #liveWait(): number {
    return (this.#live.batch.since ?? Infinity) + this.#options.batch.maxWaitMs - performance.now();
  }

  get #backlogReady(): boolean {
    const { empty, full, through } = this.#backlog;
    return !empty && (full || through);
  }

  /** Of several places in flight one is left to live data. */
  get #backlogMayGo(): boolean {
    const { pace, allowance, batch } = this.#options;
    if (this.#flights.count >= Math.max(1, batch.inFlight - 1)) return false;
    const { points } = this.#backlog.batch;
    return points.length === 0 || ((pace?.wait ?? 0) <= 0 && allowance?.allows(points.size, "backlog") !== false);
  }

  #launchBacklog(signal: AbortSignal): void {
    const batch = this.#backlog.take();
    this.#options.pace?.take(batch.points.length);
    this.#flights.launch(batch, signal);
    const { maxPoints, maxBytes } = this.#sliceBounds;
    const isWhole = batch.upTo - batch.from >= this.#sliceEntries;
    if (isWhole && batch.points.length * 2 < maxPoints && batch.points.size * 2 < maxBytes)
      this.#sliceEntries = Math.min(this.#sliceEntries * 2, maxPoints * LARGEST_SLICE);
  }

  /** Reads the slice, or halves it when a batch does not hold it: its end comes before its beginning. */
  async #readSlice(signal: AbortSignal): Promise<void> {
    await this.#backlog.read(signal);
    const { full, through, batch, end } = this.#backlog;
    const half = Math.floor((end - batch.from) / 2);
    if (!full || through || half < 1) return;
    this.#sliceEntries = half;
    this.#backlog.start(end - half, end);
  }

  /** Whether the backlog lane has something to read: the rest of its slice, or else the end of the newest gap. */
  #nextSlice(): boolean {
    if (!this.#backlog.through) return true;
    this.#progress.pass(this.#options.journal.begin);
    const gap = this.#progress.open(Math.min(this.#live.batch.from, this.#refused)).at(-1);
    if (gap === undefined) return false;
    const [from, to] = gap;
    this.#backlog.start(Math.max(from, to - this.#sliceEntries), to);
    return true;
  }

  /** When something may be due that neither the journal nor a batch that lands tells; undefined: nothing. */
  get #shortestWait(): number | undefined {
    const live = this.#flights.free && !this.#live.empty ? this.#liveWait : Infinity;
    // Also the day's bytes may be what it waits for.
    const backlog = this.#backlogReady ? this.#options.pace?.wait || LOOK_EVERY_MS : Infinity;
    const shortest = Math.min(live, backlog);
    return shortest === Infinity ? undefined : Math.max(0, shortest);
  }

  async #wait(ms: number | undefined, signal: AbortSignal): Promise<void> {
    const from = this.#away === undefined && !this.#live.full ? this.#live.position : Infinity;
    await this.#alarm.wait(this.#options.journal, from, ms, signal);
  }
}
