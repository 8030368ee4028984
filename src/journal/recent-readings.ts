import type { Reading } from "../model/index.ts";

const MOST_OF_INPUT = 1_000;
const MOST_BYTES = 4 * 1024 * 1024;
/** Counted for each reading besides its payload. */
const READING_COST = 300;

/** The latest readings of each input, bounded in number and memory. */
export class RecentReadings {
  #byInput = new Map<string, Reading[]>();

  add(reading: Reading): void {
    const readings = this.#byInput.get(reading.input) ?? [];
    if (readings.length === 0) this.#byInput.set(reading.input, readings);
    readings.push(reading);
    if (readings.length >= 2 * MOST_OF_INPUT) readings.splice(0, readings.length - MOST_OF_INPUT);
  }

  /** Keeps the newest within the bounds, and copies their payloads so that they hold nothing bigger alive. */
  finish(): void {
    const newest = [...this.#byInput.values()].flatMap((readings) => readings.slice(-MOST_OF_INPUT));
    newest.sort((a, b) => b.offset - a.offset);
    let cost = 0;
    const kept = newest.filter((reading) => (cost += reading.payload.length + READING_COST) <= MOST_BYTES).toReversed();
    const copies = kept.map((reading) => ({ ...reading, payload: Uint8Array.from(reading.payload) }));
    this.#byInput = Map.groupBy(copies, (reading) => reading.input);
  }

  /** Those of one input, oldest first. */
  of(input: string): readonly Reading[] {
    return this.#byInput.get(input) ?? [];
  }
}
