import { setImmediate as turn } from "node:timers/promises";
import { Journal } from "../../src/journal/index.ts";
import { addNanos, encodeLine, type Timestamp, timestampFromMillis } from "../../src/model/index.ts";
import {
  Chain,
  type ChainPlan,
  Outlet,
  type OutletOptions,
  type Reject,
  type SavedProgress,
  type Source,
  type Step,
} from "../../src/pipeline/index.ts";
import type { Decoder } from "../../src/plugin/index.ts";
import { outputOf, type TextOutput } from "./text-output.ts";
import { tumblingMean, type WindowSettings } from "./tumbling-mean.ts";

/** All of these tests happen around here, in milliseconds since 1970. */
export const START_MS = 1_790_000_000_000;

/** The moment so many milliseconds after the start. */
export function moment(ms: number): Timestamp {
  return timestampFromMillis(START_MS + ms);
}

/** Takes payloads such as `a 21.5 300`: a series, a value, and how old it is in milliseconds. */
const aged: Decoder = {
  decode({ payload, time }) {
    const [series = "", value = "", age = "0"] = Buffer.from(payload).toString().split(" ");
    const tags = new Map([["s", series]]);
    return { points: [{ tags, fields: new Map([["v", Number(value)]]), time: addNanos(time, Number(age) * -1e6) }] };
  },
};

export const agedSource: Source = {
  decoder: aged,
  origin: () => ({ tags: new Map() }),
  tags: new Map(),
  fingerprint: "1",
};

/** A tumbling mean as a step of its own. */
export function windowStep(settings: Partial<WindowSettings> = {}, more: Partial<Step> = {}): Step {
  const processor = tumblingMean.create({ field: "v", every: 1_000, lateness: 200, ...settings });
  return { id: "window", fingerprint: JSON.stringify(settings), processor, ...more };
}

/** A chain whose inputs send what `aged` decodes. */
export function agedChain(steps: readonly Step[], inputs: readonly string[] = ["in"]): Chain {
  const plan: ChainPlan = { sources: new Map(inputs.map((input) => [input, agedSource])), steps };
  return new Chain(plan);
}

/** A journal in memory; close it. */
export function memoryJournal(): Promise<Journal> {
  return Journal.open({
    directory: "/memory",
    durability: "memory",
    syncWithinMs: 1,
    maxSize: 2 ** 24,
    maxAgeMs: 1e12,
    whenFull: "block",
    now: () => START_MS,
  });
}

/** Readings as `AGE_MS`-old values of one channel. */
export function readingAt(ms: number, payload: string) {
  return { channel: "c", payload: Buffer.from(payload), time: moment(ms) };
}

/** One run of an outlet. */
export interface OutletRun {
  readonly outlet: Outlet;
  /** What the sink took: each line with the offset of the record that caused it before it. */
  readonly taken: readonly string[];
  readonly rejects: readonly Reject[];
  /** What is on disk, as it comes back from there. */
  readonly saved: () => SavedProgress;
  /** What could not be read or kept. */
  readonly failures: readonly string[];
  /** Has it deliver all that the journal has, and saves. */
  readonly drain: () => Promise<void>;
  /** Ends it as a stop that takes too long. */
  readonly abandon: () => Promise<void>;
  /** Ends it as SIGKILL would: nothing more is saved or taken. */
  readonly kill: () => Promise<void>;
}

export type RunOptions = Partial<OutletOptions> & {
  readonly journal: Journal;
  readonly makeChain: () => Chain;
  readonly write?: TextOutput["write"];
};

/** Runs an outlet over a journal from where `saved` stands, into a list. */
export function runOutlet({ write, ...options }: RunOptions): OutletRun {
  const taken: string[] = [];
  const rejects: Reject[] = [];
  const failures: string[] = [];
  const abort = new AbortController();
  let dead = false;
  let saved: SavedProgress = options.saved ?? { offset: 0 };
  const output = outputOf({
    encode: (point) => `${point.offset} ${encodeLine(point)}`,
    async write(batch, signal) {
      const partial = await write?.(batch, signal);
      await turn();
      if (!dead) taken.push(...batch);
      return partial;
    },
  });
  const outlet = new Outlet({
    output,
    wants: () => true,
    batch: { maxPoints: 50, maxBytes: 1e6, maxWaitMs: 1, inFlight: 1 },
    writeTimeoutMs: 10_000,
    saved,
    save: async (progress) => {
      if (!dead) saved = JSON.parse(JSON.stringify(progress)) as SavedProgress;
    },
    saveEveryBytes: 1e9,
    onSaved: () => undefined,
    reject: async (found) => {
      if (!dead) rejects.push(...found);
    },
    onDecoded: () => undefined,
    onDelivered: () => undefined,
    onAttempt: () => undefined,
    onTaken: () => undefined,
    onTrouble: () => undefined,
    onFailure: (what, error) => void failures.push(`${what}: ${String(error)}`),
    ...options,
  });
  const done = outlet.run(abort.signal);
  return {
    outlet,
    taken,
    rejects,
    failures,
    saved: () => saved,
    drain: () => {
      outlet.drain(options.journal.end);
      return done;
    },
    abandon: () => {
      abort.abort();
      return done;
    },
    kill: () => {
      dead = true;
      abort.abort();
      return done;
    },
  };
}
