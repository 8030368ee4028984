import { type Output, reasonOf, untilAborted, WriteError } from "../plugin/index.ts";
import type { Item, Load, Refusal } from "./item.ts";

/** What came of writing a load once. */
export type Outcome =
  | { readonly taken: true; readonly refused: readonly Refusal[]; readonly again: readonly Item[] }
  | { readonly taken: false; readonly error: WriteError };

/**
 * Writes a load once. An error that is no WriteError counts as `unavailable`, as does no answer within the time.
 * @throws the signal's reason when aborted
 */
export async function attempt(output: Output, load: Load, timeoutMs: number, signal: AbortSignal): Promise<Outcome> {
  signal.throwIfAborted();
  const limit = new AbortController();
  const expire = () => limit.abort(new WriteError("unavailable", `no answer within ${timeoutMs / 1000} s`));
  const stop = () => limit.abort(signal.reason);
  const timer = setTimeout(expire, timeoutMs);
  signal.addEventListener("abort", stop);
  try {
    // An output that does not listen to the signal must not keep the agent from stopping.
    const written = (async () => output.write(load, limit.signal))();
    const partial = await untilAborted(written, limit.signal);
    const refused = (partial?.rejected ?? []).flatMap(({ index, reason }) =>
      ofIndex(load, index, (item) => ({ item, reason })),
    );
    const again = (partial?.retry ?? []).flatMap((index) => ofIndex(load, index, (item) => item));
    return { taken: true, refused, again };
  } catch (error) {
    signal.throwIfAborted();
    return { taken: false, error: asWriteError(limit.signal.aborted ? limit.signal.reason : error) };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}

function ofIndex<T>(load: Load, index: number, make: (item: Item) => T): T[] {
  const item = load.items[index];
  return item === undefined ? [] : [make(item)];
}

function asWriteError(error: unknown): WriteError {
  if (error instanceof WriteError) return error;
  return new WriteError("unavailable", reasonOf(error), { cause: error });
}
