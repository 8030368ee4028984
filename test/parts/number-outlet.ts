import { Journal, type JournalOptions } from "../../src/journal/index.ts";
import { Clock, encodeLine } from "../../src/model/index.ts";
import { Chain, NewestFirst, Outlet, type OutletOptions, type SavedProgress } from "../../src/pipeline/index.ts";
import { type Decoder, WriteError } from "../../src/plugin/index.ts";
import { outputOf } from "./text-output.ts";

/** A journal of numbered readings. */
export interface NumberJournal {
  readonly journal: Journal;
  /** How many there are. */
  readonly count: () => number;
  /** Appends so many more. Resolves when they are durable. */
  readonly append: (count: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Opens a journal in memory. @param now the wall clock, in milliseconds */
export async function openNumbers(
  options: Partial<JournalOptions> = {},
  now: () => number = Date.now,
): Promise<NumberJournal> {
  const journal = await Journal.open({
    directory: "/memory",
    durability: "memory",
    syncWithinMs: 1,
    maxSize: 2 ** 24,
    maxAgeMs: 1e12,
    whenFull: "block",
    ...options,
  });
  const clock = new Clock(now);
  let count = 0;
  const append = async (more: number) => {
    const arrivals = Array.from({ length: more }, () => {
      const text = String(count++);
      return { channel: "c", payload: Buffer.from(text), time: clock.take(text.length) };
    });
    await journal.append("in", arrivals, { senderWaits: true });
  };
  return { journal, count: () => count, append, close: () => journal.close() };
}

/** A sink in the test's own hands. */
export interface NumberSink {
  /** The numbers of each write that it took. */
  readonly writes: number[][];
  /** How many writes it did not take. */
  readonly refused: () => number;
  /** Takes writes, or not; at first it does. */
  up: boolean;
  /** It takes writes again once it has not taken one with this number. */
  recoverOn: number | undefined;
  /** What a write waits for. */
  gate: Promise<void>;
  readonly write: (batch: readonly string[]) => Promise<void>;
}

/** Makes a sink that takes all or nothing. */
export function numberSink(): NumberSink {
  const writes: number[][] = [];
  let refused = 0;
  const sink: NumberSink = {
    writes,
    refused: () => refused,
    up: true,
    recoverOn: undefined,
    gate: Promise.resolve(),
    async write(batch) {
      await sink.gate;
      const numbers = batch.map((line) => Number(/v=(\d+)/.exec(line)?.[1]));
      if (!sink.up) {
        refused += 1;
        sink.up = sink.recoverOn !== undefined && numbers.includes(sink.recoverOn);
        throw new WriteError("unavailable", "down");
      }
      writes.push(numbers);
    },
  };
  return sink;
}

const decoder: Decoder = {
  decode: ({ payload }) => ({
    points: [{ tags: new Map(), fields: new Map([["v", Number(Buffer.from(payload).toString())]]) }],
  }),
};

export interface NumberOutletOptions extends Partial<Omit<OutletOptions, "batch">> {
  readonly backlog?: "oldest_first" | "newest_first";
  readonly batch?: Partial<OutletOptions["batch"]>;
}

/** An outlet that runs, and what it saved last. */
export interface NumberOutlet {
  readonly outlet: Outlet | NewestFirst;
  readonly saved: () => SavedProgress;
  /** Delivers all there is, and ends. */
  readonly drain: () => Promise<void>;
  /** Ends at once, cleanly. */
  readonly stop: () => Promise<void>;
  /** Ends at once without a trace, as SIGKILL does. */
  readonly kill: () => Promise<void>;
}

/** Starts an outlet from a journal of numbers into a sink. */
export function startOutlet(
  { journal }: NumberJournal,
  sink: Pick<NumberSink, "write">,
  { backlog = "newest_first", batch, ...options }: NumberOutletOptions = {},
): NumberOutlet {
  let saved: SavedProgress = options.saved ?? { offset: 0 };
  let dead = false;
  const source = { decoder, origin: () => ({ tags: new Map() }), tags: new Map(), fingerprint: "1" };
  const ignore = () => undefined;
  const outlet = new (backlog === "newest_first" ? NewestFirst : Outlet)({
    journal,
    makeChain: () => new Chain({ sources: new Map([["in", source]]), steps: [] }),
    output: outputOf({ encode: encodeLine, write: (lines) => (dead ? stuck() : sink.write(lines)) }),
    wants: () => true,
    batch: { maxPoints: 10, maxBytes: 1e6, maxWaitMs: 5, inFlight: 1, ...batch },
    writeTimeoutMs: 10_000,
    saved,
    save: async (progress) => {
      if (!dead) saved = structuredClone(progress);
    },
    saveEveryBytes: 1_000,
    onSaved: ignore,
    reject: async () => undefined,
    onDecoded: ignore,
    onDelivered: ignore,
    onAttempt: ignore,
    onTaken: ignore,
    onTrouble: ignore,
    onFailure: (what, error) => {
      throw new Error(what, { cause: error });
    },
    ...options,
  });
  const abort = new AbortController();
  const done = outlet.run(abort.signal);
  const stop = () => {
    abort.abort();
    return done;
  };
  return {
    outlet,
    saved: () => saved,
    drain: () => {
      outlet.drain(journal.end);
      return done;
    },
    stop,
    kill: () => {
      dead = true;
      return stop();
    },
  };
}

function stuck(): Promise<never> {
  return new Promise(() => undefined);
}
