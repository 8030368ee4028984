import type { Block, Journal } from "../journal/index.ts";
import type { Reading } from "../model/index.ts";
import { includesOffset } from "./offset-ranges.ts";
import type { RejectEntry } from "./reject-store.ts";

/** What is read of the journal at a time. */
const READ_BYTES = 256 * 1024;
/** A gap of more offsets is jumped over: shorter ones cost less to read than to find the place again. */
const FAR = 10_000;

/** The readings of an entry that are still in the journal, in their order, by blocks that may be empty. */
export async function* rejectedReadings(
  journal: Pick<Journal, "read">,
  entry: RejectEntry,
  signal: AbortSignal,
): AsyncGenerator<readonly Reading[]> {
  for (let at = entry.first; at <= entry.last;) {
    const block = await journal.read(at, READ_BYTES, signal);
    if (block.entries.length === 0) return;
    yield readingsIn(block, entry);
    const next = entry.ranges.find(([, last]) => last >= block.next)?.[0] ?? Infinity;
    at = next - block.next > FAR ? next : block.next;
  }
}

function readingsIn({ entries }: Block, entry: RejectEntry): readonly Reading[] {
  return entries.filter((each) => each.kind === "reading" && names(entry, each)) as readonly Reading[];
}

/** Whether a reading is one of an entry's. A range that was made of several holds readings of other channels too. */
function names({ ranges, input, channel }: RejectEntry, reading: Reading): boolean {
  const likely = input === "" || (reading.input === input && reading.channel === channel);
  return likely && includesOffset(ranges, reading.offset);
}

/** Whether a reading is one of any entry's. */
export function namedBy(entries: readonly RejectEntry[]): (reading: Reading) => boolean {
  const keyOf = ({ input, channel }: Pick<Reading, "input" | "channel">) => JSON.stringify([input, channel]);
  const byChannel = Map.groupBy(entries, keyOf);
  const anywhere = entries.filter(({ input }) => input === "");
  return (reading) =>
    byChannel.get(keyOf(reading))?.some((entry) => names(entry, reading)) === true ||
    anywhere.some((entry) => names(entry, reading));
}
