import type { Block, Entry } from "../journal/index.ts";
import type { Timestamp } from "../model/index.ts";
import { matchesFilter } from "./channel-filter.ts";

/** A place in a journal: an offset, a moment, or one of its ends. */
export type PlaceInJournal = number | Timestamp | "beginning" | "end";

/** Which entries of a journal are wanted. */
export interface EntriesWanted {
  /** Only the last so many. */
  readonly last?: number | undefined;
  /** The first one; left out: the beginning. */
  readonly from?: PlaceInJournal | undefined;
  /** The one after the last; left out: the end. */
  readonly to?: PlaceInJournal | undefined;
  /** Readings of this input only. */
  readonly input?: string | undefined;
  /** Readings of channels that match this filter of MQTT. */
  readonly channel?: string | undefined;
  /** The agent's own marks too. */
  readonly marks: boolean;
  /** And those to come. */
  readonly follow?: boolean | undefined;
}

/** A journal, open or stored. */
export interface EntrySource {
  readonly begin: number;
  readonly end: number;
  /** Offsets to begin at when it is read from behind, in order. */
  readonly starts?: readonly number[];
  read(from: number, maxBytes: number, signal?: AbortSignal): Promise<Block>;
  wait(from: number, signal: AbortSignal): Promise<void>;
  offsetAt(time: Timestamp): Promise<number>;
}

const READ_BYTES = 256 * 1024;

/**
 * The entries that are wanted, in order. With `follow` it ends with the signal alone, by an error.
 * @param onGap told when entries from one offset to another went, by age or for room, before they could be read
 */
export async function* entriesOf(
  source: EntrySource,
  wanted: EntriesWanted,
  signal: AbortSignal,
  onGap: (from: number, to: number) => void = () => undefined,
): AsyncGenerator<Entry, undefined> {
  const { follow = false, from = "beginning", to = "end", last } = wanted;
  const end = follow ? Infinity : await offsetOfPlace(source, to);
  const start =
    last === undefined ? await offsetOfPlace(source, from) : await startOfLast(source, wanted, last, end, signal);
  let at = start;
  for (;;) {
    for await (const { entries, next } of blocks(source, at, end, signal)) {
      if (at > start && at < source.begin) onGap(at, source.begin);
      for (const entry of entries) if (isWanted(entry, wanted)) yield entry;
      at = next;
    }
    if (!follow) return undefined;
    await source.wait(at, signal);
  }
}

/** The offset of a place. */
export async function offsetOfPlace(
  source: Pick<EntrySource, "begin" | "end" | "offsetAt">,
  place: PlaceInJournal,
): Promise<number> {
  if (place === "beginning") return source.begin;
  if (place === "end") return source.end;
  return typeof place === "number" ? place : source.offsetAt(place);
}

/** Where the last `count` entries that are wanted begin. Only their offsets are kept meanwhile. */
async function startOfLast(
  source: EntrySource,
  wanted: EntriesWanted,
  count: number,
  before: number,
  signal: AbortSignal,
): Promise<number> {
  let end = Math.min(before, source.end);
  const behind = end;
  let found: readonly number[] = [];
  for (const start of (source.starts ?? [source.begin]).toReversed()) {
    if (found.length >= count) break;
    const here: number[] = [];
    for await (const { entries } of blocks(source, start, end, signal))
      for (const entry of entries) if (isWanted(entry, wanted)) here.push(entry.offset);
    found = here.concat(found);
    end = Math.min(end, start);
  }
  return found.at(-count) ?? found[0] ?? behind;
}

/** The blocks from an offset to another or, for now, the end. */
async function* blocks(source: EntrySource, from: number, end: number, signal: AbortSignal): AsyncGenerator<Block> {
  for (let at = from; at < Math.min(end, source.end);) {
    const block = await source.read(at, READ_BYTES, signal);
    const entries = block.entries.filter(({ offset }) => offset < end);
    yield { ...block, entries };
    if (entries.length < block.entries.length || block.entries.length === 0) return;
    at = block.next;
  }
}

function isWanted(entry: Entry, { input, channel, marks }: EntriesWanted): boolean {
  if (entry.kind !== "reading") return marks;
  if (input !== undefined && entry.input !== input) return false;
  return channel === undefined || matchesFilter(channel, entry.channel);
}
