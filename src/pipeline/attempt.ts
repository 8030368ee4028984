import { type Output, reasonOf, untilAborted, WriteError } from "../plugin/index.ts";
import type { Item, Refusal } from "./item.ts";

/** What came of writing some items once. */
export type Outcome =
  | { readonly taken: true; readonly refused: readonly Refusal[]; readonly again: readonly Item[] }
  | { readonly taken: false; readonly error: WriteError };

/**
 * Writes some items once. An error that is no WriteError counts as `unavailable`, as does no answer within the time.
 * @throws the signal's reason when aborted
 */
export async function attempt(
  output: Output,
  items: readonly Item[],
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Outcome> {
  signal.throwIfAborted();
  const limit = new AbortController();
  const expire = () => limit.abort(new WriteError("unavailable", `no answer within ${timeoutMs / 1000} s`));
  const stop = () => limit.abort(signal.reason);
  const timer = setTimeout(expire, timeoutMs);
  signal.addEventListener("abort", stop);
  try {
    const texts = items.map(({ text }) => text);
    // An output that does not listen to the signal must not keep the agent from stopping.
    const written = (async () => output.write(texts, limit.signal))();
    const partial = await untilAborted(written, limit.signal);
    const refused = (partial?.rejected ?? []).flatMap(({ index, reason }) =>
      ofIndex(items, index, (item) => ({ item, reason })),
    );
    const again = (partial?.retry ?? []).flatMap((index) => ofIndex(items, index, (item) => item));
    return { taken: true, refused, again };
  } catch (error) {
    signal.throwIfAborted();
    return { taken: false, error: asWriteError(limit.signal.aborted ? limit.signal.reason : error) };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}

function ofIndex<T>(items: readonly Item[], index: number, make: (item: Item) => T): T[] {
  const item = items[index];
  return item === undefined ? [] : [make(item)];
}

function asWriteError(error: unknown): WriteError {
  if (error instanceof WriteError) return error;
  return new WriteError("unavailable", reasonOf(error), { cause: error });
}
