import type { Journal } from "../journal/index.ts";
import type { Arrival } from "../model/index.ts";
import type { EmitOptions } from "../plugin/index.ts";
import { cutOversized } from "./oversized.ts";
import { Thinner } from "./thinner.ts";

export interface InletOptions {
  /** The input's id. */
  readonly id: string;
  readonly journal: Journal;
  /** The most bytes a reading may have; more is kept as its beginning and a hash. */
  readonly maxReading: number;
  /** Keeps only the last reading of a channel in each such period. */
  readonly thinMs?: number | undefined;
  readonly onReadings: (readings: number, bytes: number) => void;
  /** Readings left out before the journal, by reason. */
  readonly onLeftOut: (reason: "thinned" | "dropped_full", count: number) => void;
  readonly onOversized: (arrival: Arrival) => void;
}

/** The agent's side of an input: what it emits goes into the journal. */
export class Inlet {
  readonly #options: InletOptions;
  readonly #thinner: Thinner | undefined;

  constructor(options: InletOptions) {
    this.#options = options;
    this.#thinner = options.thinMs === undefined ? undefined : new Thinner(options.thinMs);
  }

  /** The input's `emit`. @throws the signal's reason when aborted while the journal has no room */
  async emit(arrivals: readonly Arrival[], options: EmitOptions, signal: AbortSignal): Promise<void> {
    if (arrivals.length === 0) return options.senderWaits === true ? this.#options.journal.sync() : undefined;
    if (this.#thinner === undefined) return this.#append(arrivals, options, signal);
    const { kept, left } = await this.#thinner.pass(arrivals, signal);
    if (left > 0) this.#options.onLeftOut("thinned", left);
    if (kept.length > 0) await this.#append(kept, options, signal);
  }

  async #append(arrivals: readonly Arrival[], options: EmitOptions, signal: AbortSignal): Promise<void> {
    const { id, journal, onReadings, onLeftOut } = this.#options;
    const fitting = this.#withinLimit(arrivals);
    const appended = await journal.append(id, fitting, { ...options, signal });
    if (!appended) return onLeftOut("dropped_full", arrivals.length);
    let bytes = 0;
    for (const { payload } of fitting) bytes += payload.length;
    onReadings(arrivals.length, bytes);
  }

  #withinLimit(arrivals: readonly Arrival[]): readonly Arrival[] {
    const { maxReading, onOversized } = this.#options;
    if (arrivals.every(({ payload }) => payload.length <= maxReading)) return arrivals;
    return arrivals.map((arrival) => {
      if (arrival.payload.length <= maxReading) return arrival;
      onOversized(arrival);
      return cutOversized(arrival);
    });
  }
}
