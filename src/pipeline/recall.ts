import type { Block, Journal } from "../journal/index.ts";
import { addNanos, type Timestamp } from "../model/index.ts";
import type { Chain } from "./chain.ts";
import type { SavedProgress } from "./progress.ts";

const NANOS_PER_MILLI = 1_000_000;

export interface RecallOptions {
  /** A chain that remembers nothing. */
  readonly makeChain: () => Chain;
  readonly saved: SavedProgress;
  readonly wants: (input: string) => boolean;
  readonly journal: Pick<Journal, "end" | "offsetAt">;
  /** Reads the journal, a part at a time; undefined when it has to be asked again. */
  readonly read: (from: number) => Promise<Block | undefined>;
}

export interface Recalled {
  readonly chain: Chain;
  /** A step had no usable state: what the chain remembers now is not on disk. */
  readonly warmed: boolean;
}

/**
 * A chain that remembers what it had read before its cursor: from its snapshot, and by reading silently what came
 * after it. Steps without a usable state are warmed: the chain reads its lookback before, as far as the journal has it.
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

/** The offset at which the lookback before an offset begins. */
async function lookbackOf({ lookback }: Chain, offset: number, { read, journal }: RecallOptions): Promise<number> {
  if (lookback === 0) return offset;
  const time = await timeAt(offset >= journal.end ? journal.end - 1 : offset, read);
  if (time === undefined) return offset;
  return journal.offsetAt(addNanos(time, -lookback * NANOS_PER_MILLI));
}

async function timeAt(offset: number, read: RecallOptions["read"]): Promise<Timestamp | undefined> {
  for (;;) {
    const block = await read(offset);
    if (block !== undefined) return block.entries[0]?.time;
  }
}

/** Has a chain read what lies between two offsets, and leaves what it gives. */
async function readSilently(chain: Chain, from: number, to: number, { read, wants }: RecallOptions): Promise<void> {
  for (let at = from; at < to;) {
    const block = await read(at);
    if (block === undefined) continue;
    chain.run(
      block.entries.filter(({ offset }) => offset < to),
      wants,
    );
    at = block.next;
  }
}
