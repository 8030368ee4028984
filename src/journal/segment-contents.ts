import type { Timestamp } from "../model/index.ts";
import type { Entry } from "./entry.ts";

/** What a segment holds, counted while it is filled or walked. */
export class SegmentContents {
  marks = 0;
  /** The range of the entries' receive times; an empty segment has none. Plain numbers: this is on the append path. */
  earliestSeconds = Infinity;
  earliestNanos = 0;
  latestSeconds = -Infinity;
  latestNanos = 0;
  readonly #inputs = new Map<string, InputCount>();

  get readings(): number {
    let sum = 0;
    for (const { readings } of this.#inputs.values()) sum += readings;
    return sum;
  }

  /** The readings of each input, in the order of their first. */
  get inputs(): ReadonlyMap<string, number> {
    return new Map([...this.#inputs].map(([input, { readings }]) => [input, readings]));
  }

  get earliest(): Timestamp | undefined {
    const { earliestSeconds: seconds, earliestNanos: nanos } = this;
    return Number.isFinite(seconds) ? { seconds, nanos } : undefined;
  }

  get latest(): Timestamp | undefined {
    const { latestSeconds: seconds, latestNanos: nanos } = this;
    return Number.isFinite(seconds) ? { seconds, nanos } : undefined;
  }

  /** The count of one input, to be raised by who appends. */
  of(input: string): InputCount {
    let count = this.#inputs.get(input);
    if (count === undefined) this.#inputs.set(input, (count = { readings: 0 }));
    return count;
  }

  /** Counts an entry that was read. */
  add(entry: Entry): void {
    if (entry.kind === "reading") this.of(entry.input).readings += 1;
    else this.marks += 1;
    this.seen(entry.time.seconds, entry.time.nanos);
  }

  /** An entry was received at this time. */
  seen(seconds: number, nanos: number): void {
    if (seconds > this.latestSeconds || (seconds === this.latestSeconds && nanos > this.latestNanos)) {
      this.latestSeconds = seconds;
      this.latestNanos = nanos;
    }
    if (seconds < this.earliestSeconds || (seconds === this.earliestSeconds && nanos < this.earliestNanos)) {
      this.earliestSeconds = seconds;
      this.earliestNanos = nanos;
    }
  }
}

export interface InputCount {
  readings: number;
}
