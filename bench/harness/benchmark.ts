/** The smallest, the middle and the largest of some measurements. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

export interface RunOptions {
  /** Interleaved pairs (ours, floor) that are counted; one more goes before as warm-up. */
  readonly rounds: number;
  /** A short form, for CI and for trying: smaller loads, the same code. */
  readonly short: boolean;
  /** Other collectors to measure beside ours, such as "telegraf"; must be on the PATH. */
  readonly vs: readonly string[];
  readonly signal: AbortSignal;
}

/** What the ratio's median, or without a floor ours, has to be. */
export interface Target {
  readonly atMost?: number;
  readonly atLeast?: number;
  /** Better still, in the same direction. */
  readonly stretch?: number;
}

/** One row of a benchmark's table. */
export interface Result {
  /** What is measured, such as "CPU per message". */
  readonly what: string;
  /** "us", "/s", "MiB", "ms", "bytes" and so on; empty for a plain number. */
  readonly unit: string;
  readonly ours: Spread;
  readonly floor?: { readonly what: string; readonly value: Spread } | undefined;
  /** ours / floor of each interleaved pair. */
  readonly ratio?: Spread | undefined;
  /** Absent for figures that are only stated. */
  readonly target?: Target | undefined;
}

export interface Benchmark {
  /** Also its file: "mqtt-qos0" is the default export of bench/benchmarks/mqtt-qos0.ts. */
  readonly name: string;
  /** One sentence: the work and the floor. */
  readonly summary: string;
  /** Where it misses its target: what was tried and what the limit is, for RESULTS.md. */
  readonly limit?: string;
  run(options: RunOptions): Promise<readonly Result[]>;
}
