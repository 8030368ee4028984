import type { PlannedInput } from "../config/index.ts";
import type { Journal } from "../journal/index.ts";
import type { Reading } from "../model/index.ts";
import type { Health, Metrics } from "../observe/index.ts";
import { Inlet } from "../pipeline/index.ts";
import { type Emit, type Input, type InputContext, type Log, type Replaced, untilAborted } from "../plugin/index.ts";
import { inputMetrics } from "./agent-metrics.ts";
import { create } from "./create.ts";
import { type DataDirectory, inputMemory } from "./data-directory.ts";
import { InputLosses } from "./input-losses.ts";
import { superviseInput } from "./input-supervisor.ts";
import type { JournalClock } from "./journal-clock.ts";
import { recentReadings } from "./recent-readings.ts";

export interface InputSurroundings {
  readonly directory: DataDirectory;
  readonly journal: Journal;
  readonly clock: JournalClock;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** An input of a plan with its inlet. What is created has no effect before it is begun. */
export class RunningInput {
  readonly planned: PlannedInput;
  readonly #around: InputSurroundings;
  readonly #input: Input;
  readonly #stop = new AbortController();
  readonly #ended = Promise.withResolvers<void>();
  #recent: readonly Reading[] = [];
  #over = false;

  /** @throws Error that names the input when its plugin cannot create it */
  constructor(planned: PlannedInput, around: InputSurroundings) {
    const { id, plugin, settings } = planned;
    this.planned = planned;
    this.#around = around;
    const context = { ...contextOf(planned, around, this.#stop.signal), recent: () => this.#recent };
    this.#input = create(`input ${id}`, () => plugin.create(settings as never, context), ["run"]);
  }

  /** Whether it has ended, by itself or because it was stopped. */
  get over(): boolean {
    return this.#over;
  }

  /** Resolves when it has. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Receives until the source ends or `stop`. */
  begin(): void {
    this.#around.health.set(`input ${this.planned.id}`, "starting");
    void this.#run();
  }

  /**
   * Ends it; resolves when all that it emitted is durable. One that does not end before the signal aborts is left behind.
   * @param reason what its signal's reason is
   */
  async stop(limit: AbortSignal, reason?: Replaced): Promise<void> {
    const { id } = this.planned;
    this.#stop.abort(reason);
    await untilAborted(this.ended, limit).catch(() => {
      this.#around.log.error({ input: id }, "it does not stop: it is left behind; see its plugin");
    });
  }

  /** Does not throw. */
  async #run(): Promise<void> {
    const { id } = this.planned;
    const { health, log, journal } = this.#around;
    const { signal } = this.#stop;
    const losses = new InputLosses(id, this.#around);
    const inlet = inletOf(this.planned, this.#around, losses);
    const emit: Emit = (arrivals, options = {}) => {
      const durable = inlet.emit(arrivals, options, signal);
      // A plugin that does not wait for it hears of the stop by its signal.
      durable.catch(() => undefined);
      return durable;
    };
    const run = async () => {
      this.#recent = await recentReadings(journal, id, signal);
      await this.#input.run(emit, signal);
    };
    const onFailure = (reason: string) => {
      health.set(`input ${id}`, "failing", reason);
      log.error({ input: id }, `${reason}; trying again`);
    };
    await superviseInput({ run, onFailure }, signal);
    await inlet.close();
    losses.close();
    if (!signal.aborted) health.set(`input ${id}`, "ended");
    this.#over = true;
    this.#ended.resolve();
  }
}

function inletOf({ id, maxReading, thinMs }: PlannedInput, around: InputSurroundings, losses: InputLosses): Inlet {
  const counted = inputMetrics(around.metrics, id);
  return new Inlet({
    id,
    journal: around.journal,
    maxReading,
    thinMs,
    onReadings(readings, bytes) {
      counted.readings.add(readings);
      counted.bytes.add(bytes);
    },
    onLeftOut: (reason, count) => losses.leftOut(reason, count),
    onOversized: (arrival) => losses.oversized(arrival),
  });
}

function contextOf(
  { id }: PlannedInput,
  around: InputSurroundings,
  stopped: AbortSignal,
): Omit<InputContext, "recent"> {
  const { directory, clock, health, metrics, log } = around;
  const counted = inputMetrics(metrics, id);
  return {
    id,
    log,
    takeTime: (bytes) => clock.take(bytes),
    observing: false,
    memory: inputMemory(directory, id),
    report(state, detail) {
      // Its place may be another's by now.
      if (stopped.aborted) return;
      const changed = health.set(`input ${id}`, state === "up" ? "ok" : "failing", detail);
      if (state === "up" && changed) log.info({ input: id }, detail ?? "connected");
      if (state === "down" && (changed || detail !== undefined)) log.warn({ input: id }, detail ?? "not connected");
    },
    count: (name, by) => counted.event(name).add(by),
  };
}
