import type { Timestamp } from "../model/index.ts";
import type { WriteError } from "../plugin/index.ts";
import { Alarm } from "./alarm.ts";
import type { Batch, Bounds } from "./batch.ts";
import type { Chain } from "./chain.ts";
import { Flights } from "./flights.ts";
import type { Item } from "./item.ts";
import { Lane } from "./lane.ts";
import { boundsOf, flightsOptions, type OutletOptions } from "./outlet-options.ts";
import { Progress, type SavedProgress, type Snapshot } from "./progress.ts";
import { recallChain } from "./recall.ts";

/** What has waited so much longer than its batch needed is delivered late: it is catching up. */
const LATE_MS = 10_000;

/** The agent's side of an output: reads the journal from its cursor on, makes points of it, and delivers them in batches. */
export class Outlet {
  readonly #options: OutletOptions;
  readonly #bounds: Bounds;
  readonly #progress: Progress;
  readonly #flights: Flights;
  readonly #alarm = new Alarm();
  #lane: Lane;
  /** Whether the chain remembers what came before the cursor. */
  #recalled = false;
  #drainTo = Infinity;

  constructor(options: OutletOptions) {
    this.#options = options;
    this.#bounds = boundsOf(options.batch, options.allowance);
    this.#lane = this.#openLane(options.makeChain());
    this.#progress = new Progress({
      ...options,
      hurries: () => options.journal.held,
      allowance: options.allowance,
      snapshot: this.#lane.chain.stateful ? () => this.#snapshot() : undefined,
      onFailure: (error) => options.onFailure("cursor", error),
    });
    this.#flights = new Flights({
      ...flightsOptions(options, this.#progress, () => this.#lane.batch.points.items),
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
    return this.#lane.position < this.#options.journal.end ? undefined : this.#lane.chain.deadline;
  }

  /** The last point that the sink took, and those that wait: one that it takes proves that it does not refuse everything. */
  get peers(): readonly Item[] {
    const { taken } = this.#flights;
    const waiting = this.#lane.batch.points.items;
    return taken === undefined ? waiting : [taken, ...waiting];
  }

  /** Why the sink will not be there again while this process runs. */
  get gone(): WriteError | undefined {
    return this.#flights.gone;
  }

  /** Delivers until drained, aborted, or the sink has gone; then saves the cursor. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      await this.#remember(signal);
      while (this.#lane.batch.from < this.#drainTo && !this.#flights.over) {
        await (this.#ready ? this.#dispatch(signal) : this.#read(signal));
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

  #openLane(chain: Chain): Lane {
    const { saved } = this.#options;
    const bounds = (received: number | undefined) => this.#boundsAt(received);
    const lane = new Lane({ ...this.#options, chain, bounds, delivered: saved.delivered });
    lane.start(saved.offset);
    return lane;
  }

  /** Has the chain remember what it had read before the cursor. */
  async #remember(signal: AbortSignal): Promise<void> {
    const { chain, warmed } = await recallChain({ ...this.#options, signal });
    this.#lane = this.#openLane(chain);
    this.#recalled = true;
    if (warmed) this.#progress.warmed();
  }

  /** What the chain remembers where it stands. */
  #snapshot(): Snapshot | undefined {
    if (!this.#recalled) return undefined;
    const { steps, problems } = this.#lane.chain.save();
    for (const problem of problems) this.#options.onFailure("state", problem);
    return { offset: this.#lane.position, steps };
  }

  /** Reads when there is more to read; else waits for it, or until the batch is due. */
  async #read(signal: AbortSignal): Promise<void> {
    const { journal } = this.#options;
    const { position, batch } = this.#lane;
    const wait = batch.since === undefined || !this.#flights.free ? undefined : Math.max(0, this.#waitLeft);
    if (journal.end > position || (await this.#alarm.wait(journal, position, wait, signal)))
      await this.#lane.read(signal);
  }

  get #waitLeft(): number {
    const { since = 0 } = this.#lane.batch;
    return since + this.#options.batch.maxWaitMs - performance.now();
  }

  /** Whether the batch is to be sent: it is full, or old enough, or has nothing in it but progress. */
  get #ready(): boolean {
    const { empty, full, position, batch } = this.#lane;
    if (empty) return false;
    if (full) return true;
    return this.#flights.free && (batch.since === undefined || position >= this.#drainTo || this.#waitLeft <= 0);
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

  /** Sends the batch on its way as soon as one of the places in flight is free. */
  async #dispatch(signal: AbortSignal): Promise<void> {
    await this.#keepPace(this.#lane.batch, signal);
    await this.#flights.place();
    signal.throwIfAborted();
    if (!this.#flights.over) this.#flights.launch(this.#lane.take(), signal);
  }

  async #keepPace({ points, received }: Batch, signal: AbortSignal): Promise<void> {
    const { pace } = this.#options;
    if (pace === undefined || points.length === 0 || !this.#isLate(received)) return;
    await pace.turn(signal);
    pace.take(points.length);
  }
}
