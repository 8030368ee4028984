import {
  type Arrival,
  Clock,
  type Emit,
  type EmitOptions,
  type Input,
  type InputContext,
  type Log,
  Replaced,
} from "../../src/plugin/index.ts";

/** An input that runs, and all that it did. */
export interface InputRun {
  readonly arrivals: Arrival[];
  /** The options of each call of emit. */
  readonly options: (EmitOptions | undefined)[];
  readonly counts: Record<string, number>;
  /** Each report, as `up` or `down: why`. */
  readonly reports: string[];
  /** Each line of the log from `info` on, as `warn: sentence`. */
  readonly log: string[];
  /** The payloads as text. */
  readonly texts: () => string[];
  readonly ended: Promise<void>;
  /** Aborts it and waits for its end. */
  readonly stop: () => Promise<void>;
  /** The same, as for an input that is to take its place. */
  readonly replace: () => Promise<void>;
}

/**
 * Runs an input with an emit that takes everything.
 * @param sync what emit waits for before it resolves
 */
export function runInput(
  create: (context: InputContext) => Input,
  sync: () => Promise<void> = () => Promise.resolve(),
): InputRun {
  const arrivals: Arrival[] = [];
  const options: (EmitOptions | undefined)[] = [];
  const counts: Record<string, number> = {};
  const reports: string[] = [];
  const lines: string[] = [];
  const clock = new Clock();
  const write = (level: string) => (_: object, message: string) => void lines.push(`${level}: ${message}`);
  const log: Log = { debug: () => {}, info: write("info"), warn: write("warn"), error: write("error") };
  const context: InputContext = {
    id: "input",
    log,
    takeTime: (bytes) => clock.take(bytes),
    observing: false,
    recent: () => [],
    memory: { load: () => Promise.resolve(), save: () => Promise.resolve() },
    report: (state, detail) => void reports.push(detail === undefined ? state : `${state}: ${detail}`),
    count: (name, by = 1) => void (counts[name] = (counts[name] ?? 0) + by),
  };
  const emit: Emit = async (more, option) => {
    arrivals.push(...more);
    options.push(option);
    await sync();
  };
  const stopping = new AbortController();
  const ended = create(context).run(emit, stopping.signal);
  return {
    arrivals,
    options,
    counts,
    reports,
    log: lines,
    texts: () => arrivals.map(({ payload }) => Buffer.from(payload).toString()),
    ended,
    stop: async () => {
      stopping.abort();
      await ended;
    },
    replace: async () => {
      stopping.abort(new Replaced());
      await ended;
    },
  };
}
