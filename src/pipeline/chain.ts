import { END_OF_TIME, type Point, type Reading, type Timestamp } from "../model/index.ts";
import { type ChainState, type Remembering, restoreParts, saveParts } from "./chain-state.ts";
import { DueSteps } from "./due.ts";
import { isEnd, isReading, type LogRecord } from "./log-record.ts";
import { type Reject, rejectOf } from "./reject.ts";
import { type Source, SourceDecoder } from "./source.ts";
import { flushStep, isTimed, processStep, type Step } from "./step.ts";

export interface ChainPlan {
  readonly sources: ReadonlyMap<string, Source>;
  readonly steps: readonly Step[];
}

export interface Processed {
  /** How many readings the output wanted. */
  readonly readings: number;
  readonly points: readonly Point[];
  readonly rejects: readonly Reject[];
}

interface Made {
  readings: number;
  readonly points: Point[];
  readonly rejects: Reject[];
}

/** Whether a chain's output wants an input's readings. */
type Wants = (input: string) => boolean;

/**
 * Turns readings into points for one output: decode, then each processor in order. A pure function of what it reads
 * but for its steps' state. Its time is that of the record it reads, never the clock.
 */
export class Chain {
  /** Whether the time of each record counts, also of those that the output does not want. */
  readonly timed: boolean;
  readonly #plan: ChainPlan;
  readonly #decoders = new Map<string, SourceDecoder>();
  readonly #steps = new Map<string, readonly Step[]>();
  readonly #remembering: readonly Remembering[];
  readonly #due: DueSteps;

  constructor(plan: ChainPlan) {
    this.#plan = plan;
    this.timed = plan.steps.some(isTimed);
    for (const [input, source] of plan.sources) {
      this.#decoders.set(input, new SourceDecoder(source));
      this.#steps.set(
        input,
        plan.steps.filter((step) => takes(step, input)),
      );
    }
    this.#remembering = rememberingOf(plan);
    this.#due = new DueSteps(plan.steps);
  }

  /** Whether any step remembers something between readings. */
  get stateful(): boolean {
    return this.#remembering.length > 0;
  }

  /** How much of the past, in milliseconds, steps without a usable state have to read again. */
  get lookback(): number {
    return Math.max(0, ...this.#remembering.map(({ part }) => part.lookback ?? 0));
  }

  /** The moment, in the journal's time, at which it has something to give without another reading. */
  get deadline(): Timestamp | undefined {
    return this.#due.next;
  }

  /** Whether an input's readings go into what a step gives by the time, with others; also for an input it does not know. */
  isTimedFor(input: string): boolean {
    return this.#steps.get(input)?.some(isTimed) ?? this.timed;
  }

  /** Whether what becomes of an input's readings depends on those before; also for an input it does not know. */
  remembersOf(input: string): boolean {
    const decoder = this.#plan.sources.get(input)?.decoder;
    const parts = [decoder, ...(this.#steps.get(input) ?? []).map(({ processor }) => processor)];
    return decoder === undefined ? this.stateful : parts.some((part) => part?.save !== undefined);
  }

  /**
   * The points of some records, in their order. Points and rejects have the offset of the record that caused them: a
   * point's own reading, or for what a step was to give by a moment, the first record of that moment or a later one.
   */
  run(records: readonly LogRecord[], wants: Wants = () => true): Processed {
    const made: Made = { readings: 0, points: [], rejects: [] };
    if (!this.timed) {
      this.#runReadings(
        records.filter((record) => isReading(record) && wants(record.input)) as readonly Reading[],
        made,
      );
      return made;
    }
    for (const record of records) {
      this.#advance(record, wants, made);
      if (isReading(record) && wants(record.input)) this.#runInput(record.input, [record], made);
    }
    return made;
  }

  /** What the steps remember, to be restored into a chain of the same steps; and which of them cannot be kept. */
  save(): { readonly steps: ChainState; readonly problems: readonly Error[] } {
    return saveParts(this.#remembering);
  }

  /**
   * Gives the steps back what `save` said.
   * @param except steps that are left as they are
   * @returns the steps that found nothing of their own in it, or cannot use it: only a new chain can do without
   */
  restore(steps: ChainState, except: ReadonlySet<string> = new Set()): ReadonlySet<string> {
    return restoreParts(this.#remembering, steps, except);
  }

  /** Readings of one input in a row go through the chain together. */
  #runReadings(readings: readonly Reading[], made: Made): void {
    for (let first = 0; first < readings.length;) {
      const input = readings[first]?.input ?? "";
      let last = first + 1;
      while (last < readings.length && readings[last]?.input === input) last += 1;
      const whole = first === 0 && last === readings.length;
      this.#runInput(input, whole ? readings : readings.slice(first, last), made);
      first = last;
    }
  }

  #runInput(input: string, readings: readonly Reading[], made: Made): void {
    made.readings += readings.length;
    const decoder = this.#decoders.get(input);
    if (decoder === undefined) {
      const reason = `the configuration has no input "${input}" any more`;
      for (const reading of readings) made.rejects.push(rejectOf(reading, "decode", reason));
      return;
    }
    const points = decoder.decode(readings, made.rejects);
    runSteps(this.#steps.get(input) ?? [], points, this.timed ? readings[0]?.time : undefined, readings, made);
  }

  /** Has the steps give what is due by the time of a record, before the record itself. */
  #advance(record: LogRecord, wants: Wants, made: Made): void {
    for (const { step, until } of this.#due.before(record.time)) this.#flush(step, until, until, record, wants, made);
    if (!isEnd(record)) return;
    for (const step of this.#plan.steps) this.#flush(step, END_OF_TIME, record.time, record, wants, made);
  }

  #flush(step: Step, until: Timestamp, at: Timestamp, record: LogRecord, wants: Wants, made: Made): void {
    const points = flushStep(step, until, record, made.rejects);
    if (points.length > 0) runSteps(this.#stepsAfter(step, wants), points, at, [record], made);
  }

  /** Those later steps that take every input whose points may be in what a step gives. */
  #stepsAfter(step: Step, wants: Wants): readonly Step[] {
    const inputs = [...this.#plan.sources.keys()].filter((input) => wants(input) && takes(step, input));
    const later = this.#plan.steps.slice(this.#plan.steps.indexOf(step) + 1);
    return later.filter((each) => inputs.every((input) => takes(each, input)));
  }
}

function takes({ from }: Step, input: string): boolean {
  return from === undefined || from.includes(input);
}

function runSteps(
  steps: readonly Step[],
  points: readonly Point[],
  at: Timestamp | undefined,
  records: readonly LogRecord[],
  made: Made,
): void {
  let passing = points;
  for (const step of steps) {
    if (passing.length === 0) return;
    passing = processStep(step, passing, at, records, made.rejects);
  }
  for (const point of passing) made.points.push(point);
}

function rememberingOf({ sources, steps }: ChainPlan): readonly Remembering[] {
  const decoders = [...sources].map(([input, { decoder, fingerprint }]) => ({
    key: `decode ${input} ${fingerprint}`,
    name: `the decoder of input ${input}`,
    part: decoder,
  }));
  const processors = steps.map(({ id, fingerprint, processor }) => ({
    key: `${id} ${fingerprint}`,
    name: `processor ${id}`,
    part: processor,
  }));
  return [...decoders, ...processors].filter(({ part }) => part.save !== undefined);
}
