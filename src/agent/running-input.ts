import type { PlannedInput } from "../config/index.ts";
import type { Journal } from "../journal/index.ts";
import type { Health, Metrics } from "../observe/index.ts";
import { Inlet } from "../pipeline/index.ts";
import type { Emit, InputContext, Log } from "../plugin/index.ts";
import { inputMetrics } from "./agent-metrics.ts";
import { create } from "./create.ts";
import { type DataDirectory, inputMemory } from "./data-directory.ts";
import { InputLosses } from "./input-losses.ts";
import type { JournalClock } from "./journal-clock.ts";
import { superviseInput } from "./input-supervisor.ts";

export interface InputSurroundings {
  readonly directory: DataDirectory;
  readonly journal: Journal;
  readonly clock: JournalClock;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** Runs an input into the journal until its source ends or the signal aborts. Does not throw. */
export type RunInput = (signal: AbortSignal) => Promise<void>;

/** Creates one input of a plan. @throws Error that names it when it cannot be */
export function openInput(planned: PlannedInput, around: InputSurroundings): RunInput {
  const { id, plugin, settings } = planned;
  const { health, log } = around;
  const part = `input ${id}`;
  const losses = new InputLosses(id, around);
  const inlet = inletOf(planned, around, losses);
  const input = create(part, () => plugin.create(settings as never, contextOf(planned, around)), ["run"]);
  health.set(part, "starting");
  const onFailure = (error: Error) => {
    health.set(part, "failing", error.message);
    log.error({ input: id }, `${error.message}; trying again`);
  };
  return async (signal) => {
    const emit: Emit = (arrivals, options = {}) => inlet.emit(arrivals, options, signal);
    await superviseInput({ input, emit, onFailure }, signal);
    await inlet.close();
    losses.close();
    health.set(part, "ended");
  };
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

function contextOf({ id }: PlannedInput, around: InputSurroundings): InputContext {
  const { directory, journal, clock, health, metrics, log } = around;
  const counted = inputMetrics(metrics, id);
  return {
    id,
    log,
    takeTime: (bytes) => clock.take(bytes),
    observing: false,
    recent: () => journal.recovered.recent(id),
    memory: inputMemory(directory, id),
    report(state, detail) {
      const changed = health.set(`input ${id}`, state === "up" ? "ok" : "failing", detail);
      if (state === "up" && changed) log.info({ input: id }, detail ?? "connected");
      if (state === "down" && (changed || detail !== undefined)) log.warn({ input: id }, detail ?? "not connected");
    },
    count: (name, by) => counted.event(name).add(by),
  };
}
