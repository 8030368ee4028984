/** One look at the agent. Bytes, and counts. */
export interface Sample {
  /** Seconds since the run began. */
  readonly at: number;
  readonly rss: number;
  readonly heap: number;
  readonly external: number;
  /** What keeps its event loop alive, timers aside. */
  readonly handles: number;
  /** Open file descriptors. */
  readonly descriptors: number;
  /** Files in the data directory. */
  readonly files: number;
  /** What the journal takes on disk. */
  readonly journal: number;
}

type Measure = Exclude<keyof Sample, "at">;

const MIB = 1024 * 1024;

/** How far the last third may lie above the second third, beside a tenth of it. */
const ALLOWANCE: Readonly<Record<Measure, number>> = {
  rss: 12 * MIB,
  heap: 6 * MIB,
  external: 6 * MIB,
  handles: 3,
  descriptors: 3,
  files: 3,
  journal: MIB,
};

export interface Trend {
  readonly measure: Measure;
  /** Medians of the thirds of the run. The first third is for warming up. */
  readonly thirds: readonly [number, number, number];
  readonly most: number;
  readonly flat: boolean;
}

/**
 * Judges each measure: flat when the median of the last third is at most a tenth and the measure's allowance above the
 * median of the second third.
 */
export function trendsOf(samples: readonly Sample[]): Trend[] {
  const third = Math.floor(samples.length / 3);
  const parts = [samples.slice(0, third), samples.slice(third, 2 * third), samples.slice(2 * third)];
  return (Object.keys(ALLOWANCE) as Measure[]).map((measure) => {
    const [first = 0, second = 0, last = 0] = parts.map((part) => median(part.map((sample) => sample[measure])));
    const flat = samples.length >= 6 && last <= second * 1.1 + ALLOWANCE[measure];
    return { measure, thirds: [first, second, last], most: Math.max(...samples.map((one) => one[measure])), flat };
  });
}

/** The trends as lines of a Markdown table, bytes in MiB. */
export function tableOf(trends: readonly Trend[]): string[] {
  const bytes = new Set<Measure>(["rss", "heap", "external", "journal"]);
  const row = ({ measure, thirds, most, flat }: Trend) => {
    const cells = [...thirds, most].map((value) => (bytes.has(measure) ? (value / MIB).toFixed(1) : String(value)));
    return `| ${measure}${bytes.has(measure) ? " (MiB)" : ""} | ${cells.join(" | ")} | ${flat ? "flat" : "RISES"} |`;
  };
  return [
    "| measure | first third | second third | last third | most | verdict |",
    "| --- | ---: | ---: | ---: | ---: | --- |",
    ...trends.map(row),
  ];
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
