import type { BatchPlan, PlannedOutput } from "../config/index.ts";
import { Backoff, NewestFirst, Outlet, type RejectStore, Retries, type SavedProgress } from "../pipeline/index.ts";
import { type Output, reasonOf, untilAborted } from "../plugin/index.ts";
import { type OutputMetrics, outputMetrics } from "./agent-metrics.ts";
import type { Core } from "./core.ts";
import type { CreatedOutput } from "./create-output.ts";
import { showAllowance } from "./output-limits.ts";
import { reportsOf } from "./output-reports.ts";

/** How long a sink may take to answer one write. */
const WRITE_TIMEOUT_MS = 30_000;
/** How long the sink may take for the points of a retry, of each block of the journal: somebody waits for it. */
const RETRY_PATIENCE_MS = 60_000;
/** A cursor is saved after so much of the journal, and often enough that a small journal is not full of what is delivered. */
const MOST_UNSAVED_BYTES = 8 * 2 ** 20;

interface Delivery {
  readonly abandon: AbortController;
  readonly ended: Promise<void>;
}

/** An output of a plan with its outlet, which delivers between `begin` and `land`. */
export class RunningOutput {
  readonly planned: PlannedOutput;
  /** Whether it holds the journal when that is full, as long as its sink is there. */
  required: boolean;
  readonly counted: OutputMetrics;
  readonly rejects: RejectStore;
  readonly retries: Retries;
  readonly #created: CreatedOutput;
  readonly #core: Core;
  readonly #maxJournal: number;
  #outlet: Outlet | NewestFirst;
  #delivery: Delivery | undefined;
  #drainTo = Infinity;
  #over = false;
  /** Whether its outlet begins where it stands now, and not where it stood when somebody paused it. */
  #fresh = true;

  /** @param saved where it begins; `maxJournal` in bytes */
  constructor(created: CreatedOutput, core: Core, saved: SavedProgress, maxJournal: number) {
    const { planned, rejects } = created;
    this.planned = planned;
    this.required = planned.required;
    this.rejects = rejects;
    this.counted = outputMetrics(core.metrics, planned.id);
    this.#created = created;
    this.#core = core;
    this.#maxJournal = maxJournal;
    created.limits.allowance?.restore(saved.sent);
    this.#outlet = this.#openOutlet(saved);
    this.retries = this.#openRetries();
    this.#show();
  }

  get id(): string {
    return this.planned.id;
  }

  /** Its present outlet. */
  get outlet(): Outlet | NewestFirst {
    return this.#outlet;
  }

  /** Whether it is not to deliver before it is begun. */
  get paused(): boolean {
    return this.#delivery === undefined;
  }

  /** Whether it has delivered all that it was to, or its sink has gone. */
  get over(): boolean {
    return this.#over || this.paused;
  }

  /** Resolves when it delivers no more. */
  get ended(): Promise<void> {
    return this.#delivery?.ended ?? Promise.resolve();
  }

  /** Delivers from where it stands, until it is drained, lands, or `abandon` aborts. */
  begin(abandon: AbortSignal): void {
    this.#core.health.set(`output ${this.id}`, "starting");
    if (!this.#fresh) this.#outlet = this.#openOutlet(this.#outlet.progress);
    this.#fresh = false;
    this.#drainTo = Infinity;
    this.#over = false;
    const own = new AbortController();
    const stop = () => own.abort();
    if (abandon.aborted) stop();
    abandon.addEventListener("abort", stop);
    const ended = this.#deliver(own.signal).finally(() => {
      this.#over = true;
      abandon.removeEventListener("abort", stop);
    });
    this.#delivery = { abandon: own, ended };
  }

  /** Has it end once everything before `offset` is delivered; Infinity takes that back. */
  drain(offset: number): void {
    this.#drainTo = offset;
    this.#outlet.drain(offset);
  }

  /** Has it end rather than wait for the next day's bytes: the journal keeps the rest. */
  callOff(): void {
    this.#outlet.callOff();
  }

  /**
   * Reads no more, lets what is on its way arrive, and saves the cursor. What has not arrived when `limit` aborts is
   * delivered by whoever goes on from `progress`.
   */
  async land(limit: AbortSignal): Promise<SavedProgress> {
    const delivery = this.#delivery;
    if (delivery !== undefined) {
      this.drain(0);
      this.callOff();
      await untilAborted(delivery.ended, limit).catch(() => delivery.abandon.abort());
      await delivery.ended;
    }
    return this.#outlet.progress;
  }

  /** After `land`, or before it was begun: delivers nothing until it is begun again. */
  pause(): void {
    this.#fresh = false;
    this.#delivery = undefined;
  }

  /** Lets go of what it holds. */
  async close(): Promise<void> {
    await this.retries.close();
    await this.#created.output.close?.();
  }

  /** An outlet that fails by a fault of a plugin, or of ours, begins anew from where it stands. Does not throw. */
  async #deliver(signal: AbortSignal): Promise<void> {
    const { health, log } = this.#core;
    const backoff = new Backoff();
    for (;;) {
      try {
        await this.#outlet.run(signal);
        return;
      } catch (error) {
        if (signal.aborted) return;
        const reason = `its outlet failed: ${reasonOf(error)}`;
        health.set(`output ${this.id}`, "failing", reason);
        log.error({ output: this.id }, `${reason}; it begins anew from its cursor`);
      }
      await backoff.wait(signal).catch(() => undefined);
      this.#outlet = this.#openOutlet(this.#outlet.progress);
      this.#outlet.drain(this.#drainTo);
    }
  }

  #openOutlet(saved: SavedProgress): Outlet | NewestFirst {
    const { journal, cursors, retention } = this.#core;
    const { id } = this;
    const { pace, allowance } = this.#created.limits;
    const reports = reportsOf(id, this.rejects, this.#core);
    return new (this.planned.backlog === "newest_first" ? NewestFirst : Outlet)({
      journal,
      makeChain: this.#created.makeChain,
      saved,
      saveEveryBytes: Math.min(MOST_UNSAVED_BYTES, this.#maxJournal / 16),
      save: (progress) => cursors.save(id, progress),
      onSaved: (needed) => retention.moved(id, needed),
      ...this.#sink,
      ...reports,
      pace,
      allowance,
      // What is still on its way when the day's bytes are used up does not change that.
      onTaken: () => allowance?.usedUp !== true && reports.onTaken(),
    });
  }

  #openRetries(): Retries {
    const { reject, onAttempt } = reportsOf(this.id, this.rejects, this.#core);
    return new Retries({
      journal: this.#core.kept.over(this.#core.journal),
      store: this.rejects,
      makeChain: this.#created.makeChain,
      patienceMs: RETRY_PATIENCE_MS,
      peers: () => this.#outlet.peers,
      onDelivered: (points) => this.counted.delivered.add(points),
      ...this.#sink,
      reject,
      onAttempt,
    });
  }

  /** What delivering and retrying have in common. */
  get #sink(): Sink {
    const { from, batch } = this.planned;
    const wants = from === undefined ? () => true : (input: string) => from.includes(input);
    return { output: this.#created.output, wants, batch, writeTimeoutMs: WRITE_TIMEOUT_MS };
  }

  #show(): void {
    const { metrics } = this.#core;
    const help = "Entries of the journal not yet delivered.";
    metrics.gauge("fieldline_output_lag_readings", help, () => this.#outlet.lag, { output: this.id });
    showAllowance(this.id, this.#created.limits.allowance, metrics);
  }
}

interface Sink {
  readonly output: Output;
  readonly wants: (input: string) => boolean;
  readonly batch: BatchPlan;
  readonly writeTimeoutMs: number;
}
