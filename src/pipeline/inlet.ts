import { setImmediate as turn } from "node:timers/promises";
import type { Journal } from "../journal/index.ts";
import type { Arrival } from "../model/index.ts";
import type { EmitOptions } from "../plugin/index.ts";
import { cutOversized } from "./oversized.ts";
import { type Fate, Thinner } from "./thinner.ts";

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
  /** Readings that are held for thinning, until they are durable or left out. */
  readonly #held = new Set<Promise<void>>();

  constructor(options: InletOptions) {
    this.#options = options;
    this.#thinner = options.thinMs === undefined ? undefined : new Thinner(options.thinMs);
  }

  /** The input's `emit`. @throws the signal's reason when aborted while the journal has no room */
  emit(arrivals: readonly Arrival[], options: EmitOptions, signal: AbortSignal): Promise<void> {
    if (arrivals.length === 0) return options.senderWaits === true ? this.#sync() : Promise.resolve();
    if (this.#thinner === undefined) return this.#append(arrivals, options, signal);
    return this.#thin(this.#thinner, arrivals, options, signal);
  }

  /** Resolves when nothing is held any more; the input has ended. */
  async close(): Promise<void> {
    this.#thinner?.flush();
    await Promise.allSettled(this.#held);
  }

  async #sync(): Promise<void> {
    this.#thinner?.flush();
    // What was held is appended in between.
    await turn();
    await this.#options.journal.sync();
  }

  async #thin(
    thinner: Thinner,
    arrivals: readonly Arrival[],
    options: EmitOptions,
    signal: AbortSignal,
  ): Promise<void> {
    const passing: Arrival[] = [];
    const held: Promise<void>[] = [];
    for (const arrival of arrivals) {
      const fate = thinner.take(arrival, signal);
      if (fate === "due") passing.push(arrival);
      else held.push(this.#hold(arrival, fate, options, signal));
    }
    // A broker that waits for acknowledgements sends nothing newer by which the held ones could be left out, and what
    // is acknowledged has to be durable: so they pass before their time.
    if (options.senderWaits === true) thinner.flush();
    await Promise.all([passing.length === 0 ? undefined : this.#append(passing, options, signal), ...held]);
  }

  /** Resolves when the reading is durable or left out. */
  #hold(arrival: Arrival, fate: Promise<Fate>, options: EmitOptions, signal: AbortSignal): Promise<void> {
    const ended = this.#settle(arrival, fate, options, signal).finally(() => this.#held.delete(ended));
    this.#held.add(ended);
    return ended;
  }

  async #settle(arrival: Arrival, fate: Promise<Fate>, options: EmitOptions, signal: AbortSignal) {
    if ((await fate) === "due") await this.#append([arrival], options, signal);
    else this.#options.onLeftOut("thinned", 1);
  }

  #append(arrivals: readonly Arrival[], options: EmitOptions, signal: AbortSignal): Promise<void> {
    const { id, journal, maxReading } = this.#options;
    let bytes = 0;
    let fits = true;
    for (const { payload } of arrivals) {
      bytes += payload.length;
      if (payload.length > maxReading) fits = false;
    }
    if (fits && journal.takes(id, arrivals)) return this.#appendPart(arrivals, bytes, options, signal);
    return this.#appendParts(arrivals, options, signal);
  }

  /** Some input passes on more at once than a small journal may hold: that goes in parts, behind each other. */
  async #appendParts(arrivals: readonly Arrival[], options: EmitOptions, signal: AbortSignal): Promise<void> {
    const parts = this.#parts(this.#withinLimit(arrivals));
    await Promise.all(parts.map((part) => this.#appendPart(part, payloadBytes(part), options, signal)));
  }

  /**
   * Nothing holds on to the arrivals, which are copied, while the disk takes its time: that would cost much in garbage
   * collection. So this is no async function, which keeps its arguments as long as it waits.
   */
  #appendPart(arrivals: readonly Arrival[], bytes: number, options: EmitOptions, signal: AbortSignal): Promise<void> {
    const { id, journal, onReadings, onLeftOut } = this.#options;
    const { length } = arrivals;
    return journal
      .append(id, arrivals, { ...options, signal })
      .then((appended) => (appended ? onReadings(length, bytes) : onLeftOut("dropped_full", length)));
  }

  #parts(arrivals: readonly Arrival[]): readonly (readonly Arrival[])[] {
    const { id, journal } = this.#options;
    if (arrivals.length <= 1 || journal.takes(id, arrivals)) return [arrivals];
    const half = arrivals.length >> 1;
    return [...this.#parts(arrivals.slice(0, half)), ...this.#parts(arrivals.slice(half))];
  }

  #withinLimit(arrivals: readonly Arrival[]): readonly Arrival[] {
    const { id, journal, maxReading, onOversized } = this.#options;
    return arrivals.map((arrival) => {
      if (arrival.payload.length <= maxReading && journal.takes(id, [arrival])) return arrival;
      onOversized(arrival);
      return cutOversized(arrival);
    });
  }
}

function payloadBytes(arrivals: readonly Arrival[]): number {
  return arrivals.reduce((sum, { payload }) => sum + payload.length, 0);
}
