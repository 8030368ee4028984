import {
  defineProcessor,
  duration,
  integerField,
  millisOf,
  type Point,
  type Processor,
  type Rejection,
  type Tags,
  text,
  type Timestamp,
  timestampFromMillis,
} from "fieldline/plugin";

/** One window of one series; all numbers but the sum are whole. */
interface Window {
  readonly key: string;
  readonly measurement: string;
  readonly tags: readonly (readonly [string, string])[];
  /** Its beginning, in milliseconds since 1970. */
  readonly start: number;
  sum: number;
  count: number;
}

interface Remembered {
  readonly open: readonly Window[];
  readonly closed: readonly string[];
}

/** So many windows are open at once. */
const MOST_OPEN = 10_000;
/** So many of the last windows are known to be closed; of others the journal's time tells it. */
const MOST_CLOSED = 1_000;

export interface WindowSettings {
  readonly field: string;
  readonly every: number;
  readonly lateness: number;
}

/** The mean of a field per series and window: by the points' own time, closed by the journal's. */
class TumblingMean implements Processor {
  readonly lookback: number;
  readonly #settings: WindowSettings;
  #open = new Map<string, Window>();
  #closed = new Set<string>();

  constructor(settings: WindowSettings) {
    this.#settings = settings;
    this.lookback = settings.every + settings.lateness;
  }

  process(points: readonly Point[], at?: Timestamp) {
    const rejected: (Rejection & { readonly point: Point })[] = [];
    for (const point of points) {
      const reason = this.#add(point, at);
      if (reason !== undefined) rejected.push({ reason, point });
    }
    return { points: [], rejected };
  }

  deadline(): Timestamp | undefined {
    let earliest = Infinity;
    for (const { start } of this.#open.values()) earliest = Math.min(earliest, this.#closesAt(start));
    return earliest === Infinity ? undefined : timestampFromMillis(earliest);
  }

  flush(until: Timestamp): readonly Point[] {
    const due = [...this.#open].filter(([, { start }]) => this.#closesAt(start) <= millisOf(until));
    return due.map(([name, window]) => {
      this.#open.delete(name);
      this.#closed.add(name);
      const [oldest] = this.#closed;
      if (this.#closed.size > MOST_CLOSED && oldest !== undefined) this.#closed.delete(oldest);
      return this.#pointOf(window);
    });
  }

  save(): Remembered {
    return { open: [...this.#open.values()], closed: [...this.#closed] };
  }

  restore(state: unknown): void {
    const { open, closed } = state as Remembered;
    this.#open = new Map(open.map((window) => [nameOf(window), { ...window }]));
    this.#closed = new Set(closed);
  }

  /** The reason why it could not be added. */
  #add({ measurement, tags, fields, time }: Point, at: Timestamp | undefined): string | undefined {
    const value = fields.get(this.#settings.field);
    if (typeof value !== "number") return `there is no number ${this.#settings.field}`;
    const { every } = this.#settings;
    const start = Math.floor(millisOf(time) / every) * every;
    const key = seriesOf(measurement, tags);
    const name = nameOf({ key, start });
    if (this.#closed.has(name) || (at !== undefined && this.#closesAt(start) <= millisOf(at))) return "late";
    const window = this.#open.get(name) ?? { key, measurement, tags: [...tags], start, sum: 0, count: 0 };
    if (window.count === 0 && this.#open.size >= MOST_OPEN) return `more than ${MOST_OPEN} windows are open`;
    window.sum += value;
    window.count += 1;
    this.#open.set(name, window);
    return undefined;
  }

  #closesAt(start: number): number {
    return start + this.#settings.every + this.#settings.lateness;
  }

  #pointOf({ measurement, tags, start, sum, count }: Window): Point {
    const fields = new Map([
      ["mean", sum / count],
      ["count", integerField(count) ?? count],
    ]);
    return { measurement, tags: new Map(tags), fields, time: timestampFromMillis(start), offset: 0 };
  }
}

function seriesOf(measurement: string, tags: Tags): string {
  return JSON.stringify([measurement, ...[...tags].toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}

function nameOf({ key, start }: Pick<Window, "key" | "start">): string {
  return `${start} ${key}`;
}

/** A small window, with which the tests show what holds for every step that remembers. */
export const tumblingMean = defineProcessor({
  name: "tumbling_mean",
  summary: "The mean of a field over windows that follow each other.",
  ordered: true,
  settings: {
    field: text("The field."),
    every: duration("The length of a window.", { min: 1 }),
    lateness: duration("How long after its end a window waits for points that come late."),
  },
  examples: ["type: tumbling_mean\nfield: temp\nevery: 10s\nlateness: 2s\n"],
  create: (settings) => new TumblingMean(settings),
});
