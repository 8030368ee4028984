import type { Plan } from "../config/index.ts";
import type { Health } from "../observe/index.ts";
import { sameCore } from "./changes.ts";
import { type Core, orWarn } from "./core.ts";
import { JournalPulse } from "./journal-pulse.ts";
import { Page } from "./page.ts";
import { Parts } from "./parts.ts";
import { notePlan, planHash } from "./plan-history.ts";
import type { RunningOutput } from "./running-output.ts";
import { keepTime, noteEnd } from "./ticks.ts";

/** What came through and what is left, for a last line or a summary. */
export interface AgentSummary {
  readonly readings: number;
  readonly journalBytes: number;
  readonly outputs: readonly {
    readonly id: string;
    readonly delivered: number;
    readonly rejected: number;
    /** Entries of the journal that are not delivered yet. */
    readonly left: number;
  }[];
}

/** A plan, running: inputs into the journal, the journal to outputs. Another plan replaces only what differs. */
export class Agent {
  readonly #core: Core;
  readonly #parts: Parts;
  readonly #page: Page;
  readonly #abandon = new AbortController();
  readonly #abandoned: Promise<void>;
  readonly #pulse: JournalPulse;
  readonly #endOfTime = new AbortController();
  #plan: Plan;
  /** Plans, pauses and the end come one after the other. */
  #turn: Promise<void> = Promise.resolve();
  #stopping = false;
  #deadline: NodeJS.Timeout | undefined;
  #ended: Promise<void> | undefined;
  #finished: Promise<void> | undefined;

  /** @param plan what `begin` has it run */
  constructor(core: Core, plan: Plan) {
    const { signal } = this.#abandon;
    this.#core = core;
    this.#plan = plan;
    this.#page = new Page(core.health, core.metrics, core.log);
    this.#parts = new Parts(core, signal, () => this.#stopWithoutSinks());
    this.#abandoned = new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
    this.#pulse = new JournalPulse(
      () => core.journal.stats,
      () => core.health.parts.some(({ part, condition }) => part === "journal" && condition === "failing"),
    );
  }

  /** The one in force. */
  get plan(): Plan {
    return this.#plan;
  }

  get health(): Health {
    return this.#core.health;
  }

  /** Whether only a restart can help: to be asked again and again. */
  get stuck(): boolean {
    return this.#pulse.isStuck();
  }

  get outputs(): readonly RunningOutput[] {
    return [...this.#parts.outputs.values()];
  }

  get summary(): AgentSummary {
    const { journal } = this.#core;
    return {
      readings: journal.stats.appendedReadings,
      journalBytes: journal.stats.bytes,
      outputs: this.outputs.map(({ id, outlet, counted }) => ({
        id,
        delivered: counted.delivered.value,
        rejected: counted.rejected.value,
        left: outlet.lag,
      })),
    };
  }

  /** Why it stopped by itself, other than at the end of all inputs: the sinks of all outputs have gone. */
  get failure(): Error | undefined {
    const [first, ...others] = this.outputs.map(({ outlet }) => outlet.gone);
    return first !== undefined && !others.includes(undefined) ? first : undefined;
  }

  /** Runs its plan. @throws Error that names what cannot be created; then nothing runs */
  async begin(): Promise<void> {
    await this.#inTurn(() => this.#apply(undefined, this.#plan));
    const { journal, clock } = this.#core;
    void keepTime({ journal, clock, outputs: () => this.outputs }, this.#endOfTime.signal);
  }

  /** Whether it can go over to a plan without stopping: neither the data directory nor the journal changes. */
  takes(plan: Plan): boolean {
    return sameCore(this.#plan, plan);
  }

  /**
   * Goes over to another plan: what is the same in both runs on, the rest is started, stopped or restarted where it was.
   * Does nothing once the agent stops.
   * @throws Error that names what cannot be created; then nothing has changed
   */
  async reload(plan: Plan): Promise<void> {
    await this.#inTurn(async () => {
      if (this.#stopping) return;
      const told = await this.#apply(this.#plan, plan);
      this.#core.log.info({}, `the new configuration is in force: ${told}`);
    });
  }

  /**
   * Has an output deliver nothing until it is resumed, also over restarts; what is on its way arrives. A required one
   * still holds the journal when that is full.
   * @returns false when there is no such output
   * @throws Error when it cannot be written down
   */
  async pause(id: string): Promise<boolean> {
    return this.#withOutput(id, async (output) => {
      await this.#core.paused.set(id, true);
      if (!output.paused) await this.#parts.pause(output, this.#plan.agent.stopTimeoutMs);
    });
  }

  /** Has a paused output deliver from its cursor on. @returns and throws as `pause` */
  async resume(id: string): Promise<boolean> {
    return this.#withOutput(id, async (output) => {
      await this.#core.paused.set(id, false);
      if (output.paused) this.#parts.begin(output);
    });
  }

  /** Counts an error that nobody caught. */
  countStray(): void {
    const help = "Errors that nobody caught, such as of a plugin's timer.";
    this.#core.metrics.counter("fieldline_stray_errors_total", help).add();
  }

  /** Resolves when every input has ended by itself and all they sent is delivered, or when the agent was stopped. */
  ended(): Promise<void> {
    this.#ended ??= this.#untilEnded();
    return this.#ended;
  }

  /** Stops taking, makes durable, acknowledges, delivers for at most `stop_timeout`, saves. */
  stop(): Promise<void> {
    this.#deadline ??= setTimeout(() => this.#abandon.abort(), this.#plan.agent.stopTimeoutMs);
    this.#finished ??= this.#finish();
    return this.#finished;
  }

  async #apply(before: Plan | undefined, next: Plan): Promise<string> {
    const { log, directory, journal } = this.#core;
    const told = await this.#parts.change(before, next);
    this.#plan = next;
    await this.#page.show(next.agent);
    const cursors = Object.fromEntries(this.outputs.map(({ id, outlet }) => [id, outlet.cursor]));
    const at = new Date().toISOString();
    const line = { at, offset: journal.end, cursors, plan: planHash(next), files: next.textHash };
    await orWarn(log, "which configuration is in force could not be noted", () => notePlan(directory.plans, line));
    return told;
  }

  async #withOutput(id: string, task: (output: RunningOutput) => Promise<void>): Promise<boolean> {
    return this.#inTurn(async () => {
      const output = this.#parts.outputs.get(id);
      if (output === undefined || this.#stopping) return false;
      await task(output);
      return true;
    });
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(task);
    this.#turn = mine.then(
      () => undefined,
      () => undefined,
    );
    return mine;
  }

  /** An agent whose outputs have all gone, as that of `fieldline run | head`, has nothing left to do. */
  #stopWithoutSinks(): void {
    // What the stop itself throws is told to who waits for the end.
    if (this.failure !== undefined) this.stop().catch(() => undefined);
  }

  /** A reload may bring another input while the outputs drain: then all goes on. */
  async #untilEnded(): Promise<void> {
    while (!this.#stopping) {
      await Promise.all([...this.#parts.inputs.values()].map(({ ended }) => ended));
      await this.#turn;
      if (this.#stopping || !this.#parts.inputsOver) continue;
      await Promise.race([noteEnd(this.#core.journal, this.#core.clock), this.#abandoned]);
      await this.#drain();
      await this.#turn;
      if (this.#parts.inputsOver && this.#parts.outputsOver) break;
    }
    this.#finished ??= this.#finish();
    await this.#finished;
  }

  /** Delivers what is in the journal. */
  async #drain(): Promise<void> {
    const { journal } = this.#core;
    await Promise.race([journal.sync(), this.#abandoned]);
    for (const output of this.outputs) output.drain(journal.end);
    await Promise.all(this.outputs.map(({ ended }) => ended));
  }

  async #finish(): Promise<void> {
    const { journal, clock, closing } = this.#core;
    this.#stopping = true;
    await this.#turn;
    this.#endOfTime.abort();
    const inputs = [...this.#parts.inputs.values()];
    // Who waits for the end of the sync interval before it ends need not.
    const stopped = Promise.all([...inputs.map((input) => input.stop(this.#abandon.signal)), journal.sync()]);
    await Promise.race([stopped, this.#abandoned]);
    for (const output of this.outputs) output.callOff();
    await this.#drain();
    await Promise.race([journal.mark("stop", clock.take(1)), this.#abandoned]);
    clearTimeout(this.#deadline);
    closing.add(() => this.#page.close());
    await this.#parts.close();
    await closing.close();
  }
}
