import { setMaxListeners } from "node:events";
import type { Plan, PlannedInput, PlannedOutput } from "../config/index.ts";
import type { SavedProgress } from "../pipeline/index.ts";
import { Replaced } from "../plugin/index.ts";
import { inputChanges, outputChanges, tellChanges } from "./changes.ts";
import { Closing } from "./closing.ts";
import { type Core, orWarn, syncWithinMs } from "./core.ts";
import { type CreatedOutput, createOutput, placeCursor, savedProgress } from "./create-output.ts";
import { RunningInput } from "./running-input.ts";
import { RunningOutput } from "./running-output.ts";

/** What is to run, created and not begun. */
interface Created {
  readonly inputs: readonly RunningInput[];
  readonly outputs: readonly CreatedOutput[];
}

/** The inputs and outputs that run, by their ids. */
export class Parts {
  readonly inputs = new Map<string, RunningInput>();
  readonly outputs = new Map<string, RunningOutput>();
  readonly #core: Core;
  readonly #abandon: AbortSignal;
  readonly #onEnded: () => void;

  /**
   * @param abandon ends every wait for outputs
   * @param onEnded an output delivers no more
   */
  constructor(core: Core, abandon: AbortSignal, onEnded: () => void) {
    this.#core = core;
    this.#abandon = abandon;
    this.#onEnded = onEnded;
    // Each output and each wait has one.
    setMaxListeners(0, abandon);
  }

  /** Whether every input has ended. */
  get inputsOver(): boolean {
    return [...this.inputs.values()].every(({ over }) => over);
  }

  /** Whether no output has anything to do. */
  get outputsOver(): boolean {
    return [...this.outputs.values()].every(({ over }) => over);
  }

  /**
   * Goes over from one plan, or none, to another: what is the same runs on. New parts are created before old ones stop.
   * @returns what was started, stopped and restarted, in words
   * @throws Error that names what cannot be created; then nothing has changed
   */
  async change(before: Plan | undefined, next: Plan): Promise<string> {
    const { retired, journal, log } = this.#core;
    const inputs = inputChanges(before, next);
    const outputs = outputChanges(before, next, (id) => retired.fingerprintOf(id));
    const created = await this.#create(
      next,
      [...inputs.changed, ...inputs.added],
      [...outputs.changed, ...outputs.added],
    );
    // Before any of them receives something.
    await orWarn(log, NOT_KEPT, () => retired.adopt(next));
    journal.syncWithin(syncWithinMs(next));
    await this.within(next.agent.stopTimeoutMs, (limit) =>
      Promise.all([
        ...outputs.removed.map((id) => this.#removeOutput(id, limit)),
        ...created.outputs.map((output) => this.#putOutput(output, next, limit)),
        ...inputs.removed.map((id) => this.#removeInput(id, limit)),
        ...created.inputs.map((input) => this.#putInput(input, limit)),
      ]),
    );
    for (const { id, required } of outputs.same) this.#require(id, required);
    if (!this.inputsOver) this.#goOn();
    return tellChanges(inputs, outputs);
  }

  /** Has an output deliver. */
  begin(output: RunningOutput): void {
    output.begin(this.#abandon);
    this.#core.retention.require(output.id, output.required);
    void output.ended.then(() => {
      if (output.outlet.gone !== undefined && this.outputs.get(output.id) === output) this.#letGo(output.id);
      this.#onEnded();
    });
  }

  /** Has an output deliver nothing until it is begun. */
  async pause(output: RunningOutput, timeoutMs: number): Promise<void> {
    await this.within(timeoutMs, (limit) => output.land(limit));
    this.#pause(output);
  }

  /** Has all outputs let go of what they hold; nobody's fault there keeps the agent from its end. */
  async close(): Promise<void> {
    await Promise.all([...this.outputs.values()].map((output) => this.#close(output.id, () => output.close())));
  }

  /** Runs `task` with a signal that aborts after so long, or when all is abandoned. */
  async within<T>(timeoutMs: number, task: (limit: AbortSignal) => Promise<T>): Promise<T> {
    const limit = new AbortController();
    const abort = () => limit.abort();
    const timer = setTimeout(abort, timeoutMs);
    if (this.#abandon.aborted) abort();
    this.#abandon.addEventListener("abort", abort);
    setMaxListeners(0, limit.signal);
    try {
      return await task(limit.signal);
    } finally {
      clearTimeout(timer);
      this.#abandon.removeEventListener("abort", abort);
    }
  }

  async #create(next: Plan, inputs: readonly PlannedInput[], outputs: readonly PlannedOutput[]): Promise<Created> {
    const retired = this.#core.retired.missingIn(next);
    const created: CreatedOutput[] = [];
    try {
      for (const planned of outputs) {
        created.push(await createOutput(next, planned, retired, this.#core));
      }
      const receiving = inputs.map((planned) => new RunningInput(planned, this.#core));
      for (const output of created) await placeCursor(output, this.#core);
      return { inputs: receiving, outputs: created };
    } catch (error) {
      for (const { output, planned } of created) await this.#close(planned.id, async () => output.close?.());
      throw error;
    }
  }

  async #putInput(input: RunningInput, limit: AbortSignal): Promise<void> {
    const { id, plugin } = input.planned;
    const before = this.inputs.get(id);
    // Another plugin does not take over what is left open.
    await before?.stop(limit, before.planned.plugin === plugin ? new Replaced() : undefined);
    this.inputs.set(id, input);
    input.begin();
  }

  async #removeInput(id: string, limit: AbortSignal): Promise<void> {
    const { health, metrics } = this.#core;
    await this.inputs.get(id)?.stop(limit);
    this.inputs.delete(id);
    health.remove(`input ${id}`);
    metrics.remove("input", id);
  }

  async #putOutput(created: CreatedOutput, { journal }: Plan, limit: AbortSignal): Promise<void> {
    const { retention, paused } = this.#core;
    const { id, required } = created.planned;
    const landed = await this.#stopOutput(id, limit);
    const output = new RunningOutput(created, this.#core, landed ?? savedProgress(id, this.#core), journal.maxSize);
    this.outputs.set(id, output);
    // What is on disk may be behind where the one before it landed: that is still needed.
    if (landed === undefined) retention.add(id, required, output.outlet.needed);
    if (paused.has(id)) this.#pause(output);
    else this.begin(output);
  }

  async #removeOutput(id: string, limit: AbortSignal): Promise<void> {
    const { health, metrics, retention, log } = this.#core;
    await this.#stopOutput(id, limit);
    const left = this.outputs.get(id)?.outlet.lag ?? 0;
    if (left > 0) log.warn({ output: id, left }, LEFT);
    this.outputs.delete(id);
    retention.remove(id);
    health.remove(`output ${id}`);
    metrics.remove("output", id);
  }

  /** Ends an output; where it stands then, undefined when there is none. */
  async #stopOutput(id: string, limit: AbortSignal): Promise<SavedProgress | undefined> {
    const output = this.outputs.get(id);
    const landed = await output?.land(limit);
    if (output !== undefined) await this.#close(id, () => output.close());
    return landed;
  }

  /** The plugin of an output that has ended keeps nobody from going on. */
  async #close(id: string, close: () => Promise<void>): Promise<void> {
    const closing = new Closing();
    closing.add(close);
    await orWarn(this.#core.log, `output ${id} was not closed`, () => closing.close());
  }

  #require(id: string, required: boolean): void {
    const output = this.outputs.get(id);
    if (output === undefined) return;
    output.required = required;
    if (output.outlet.gone === undefined) this.#core.retention.require(id, required);
  }

  /** Outputs that were to end with the inputs deliver on, since there is an input again. */
  #goOn(): void {
    for (const output of this.outputs.values()) {
      if (output.paused || output.outlet.gone !== undefined) continue;
      if (output.over) this.begin(output);
      else output.drain(Infinity);
    }
  }

  /** An output whose sink will not come back before the next start must not stop the others by a full journal. */
  #letGo(id: string): void {
    const { retention, log } = this.#core;
    retention.require(id, false);
    log.error({ output: id }, GONE);
  }

  #pause(output: RunningOutput): void {
    const { health, log, retention } = this.#core;
    const { id, required } = output;
    output.pause();
    retention.require(id, required);
    health.set(`output ${id}`, "paused", `paused: fieldline journal cursors resume ${id} has it deliver again`);
    const holds = required ? "; it still holds the journal, so senders wait once that is full" : "";
    log.warn({ output: id }, `paused: it delivers nothing until it is resumed${holds}`);
  }
}

const NOT_KEPT = "how readings are decoded could not be kept for when their input leaves the configuration";
const LEFT =
  "it leaves the configuration before it has delivered all, and the journal is not held for it: put it back, or give its place to another output with fieldline journal cursors rename";
const GONE =
  "its sink has gone for good: until the next start it does not hold the journal, and what others have delivered may go when that is full";
