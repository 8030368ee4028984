import type { Block, Journal } from "../journal/index.ts";
import { addNanos } from "../model/index.ts";
import { askJournal } from "./ask-journal.ts";
import type { Chain } from "./chain.ts";
import type { SavedProgress } from "./progress.ts";

const NANOS_PER_MILLI = 1_000_000;

export interface RecallOptions {
  /** A chain that remembers nothing. */
  readonly makeChain: () => Chain;
  readonly saved: SavedProgress;
  readonly wants: (input: string) => boolean;
  readonly journal: Pick<Journal, "end" | "offsetAt" | "read">;
  readonly signal: AbortSignal;
  readonly onFailure: (what: "journal", error: unknown) => void;
}

/** How much of the journal is read at a time. */
const READ_BYTES = 256 * 1024;

export interface Recalled {
  readonly chain: Chain;
  /** A step had no usable state: what the chain remembers now is not on disk. */
  readonly warmed: boolean;
}

/**
 * A chain that remembers what it had read before its cursor: from its snapshot, and by reading silently what came
 * after it. Steps without a usable state are warmed: the chain reads its lookback before, as far as the journal has it.
 * @throws the signal's reason when aborted
 */
export async function recallChain(options: RecallOptions): Promise<Recalled> {
  const { makeChain, saved } = options;
  const { state } = saved;
  const { offset, steps } = state === undefined || state.offset > saved.offset ? { ...saved, steps: {} } : state;
  let chain = makeChain();
  if (!chain.stateful) return { chain, warmed: false };
  const missing = chain.restore(steps);
  if (missing.size > 0) {
    // What a step that refuses a state has made of it is unknown.
    chain = makeChain();
    await readSilently(chain, await lookbackOf(chain, offset, options), offset, options);
    chain.restore(steps, missing);
  }
  await readSilently(chain, offset, saved.offset, options);
  return { chain, warmed: missing.size > 0 };
}

/** The offset at which the lookback begins of a chain whose time is that of the last record before an offset. */
async function lookbackOf({ lookback }: Chain, offset: number, options: RecallOptions): Promise<number> {
  if (lookback === 0) return offset;
  const { journal } = options;
  const [entry] = (await read(offset - 1, 1, options)).entries;
  if (entry === undefined) return offset;
  const time = addNanos(entry.time, -lookback * NANOS_PER_MILLI);
  return insist(() => journal.offsetAt(time), options);
}

/** Has a chain read what lies between two offsets, and leaves what it gives. */
async function readSilently(chain: Chain, from: number, to: number, options: RecallOptions): Promise<void> {
  for (let at = from; at < to;) {
    const { entries, next } = await read(at, READ_BYTES, options);
    chain.run(
      entries.filter(({ offset }) => offset < to),
      options.wants,
    );
    if (next <= at) return;
    at = next;
  }
}

function read(from: number, maxBytes: number, options: RecallOptions): Promise<Block> {
  return insist(() => options.journal.read(from, maxBytes, options.signal), options);
}

async function insist<T>(question: () => Promise<T>, { onFailure, signal }: RecallOptions): Promise<T> {
  for (;;) {
    const answer = await askJournal(question, onFailure, signal);
    if (answer !== undefined) return answer;
  }
}
