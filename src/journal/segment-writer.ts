import { addNanos, type Arrival, type Attributes, compareTimestamps, type Timestamp } from "../model/index.ts";
import { Chunk } from "./chunk.ts";
import type { MarkKind } from "./entry.ts";
import { encodeMark, encodeReading, markBound, readingBound, type Source } from "./record.ts";
import { type Names, storedChecksum } from "./record-decoder.ts";
import { encodeHeader, HEADER_BYTES, type SegmentEnd } from "./segment-header.ts";
import { segmentSeed } from "./segment.ts";

const CHUNK_BYTES = 64 * 1024;
/** A segment with this many sources is ended, which bounds its tables. */
const MOST_SOURCES = 100_000;

/** Where writing goes on: after what was found on disk, or at the beginning. */
export interface WriterState {
  /** The offset of the next entry. */
  readonly next: number;
  readonly clockSteps: number;
  readonly nextTime: Timestamp;
  /** The segment to go on with; without one a new segment is begun. */
  readonly open: OpenSegment | undefined;
  /** The end of the last segment when that is not gone on with. */
  readonly previous: SegmentEnd | undefined;
}

/** A segment that more is written to. */
export interface OpenSegment {
  readonly first: number;
  /** Its length with what is not on disk yet. */
  length: number;
  /** The checksum of its last record, 0 when it has none. */
  lastChecksum: number;
  /** The sources' names by id, and how often a record has given them. */
  readonly names: (Names | undefined)[];
  readonly named: number[];
}

/** Encodes entries into chunks of segments, and begins a new segment when one is full. Touches no disk. */
export class SegmentWriter {
  /** The offset of the next entry. */
  next: number;
  /** Bytes that are in chunks and not on disk yet, over all segments. */
  pendingBytes = 0;
  readonly #segmentSize: number;
  readonly #now: () => number;
  readonly #onChunk: (chunk: Chunk) => void;
  readonly #onSegment: (first: number, created: number) => void;
  #pending: Chunk[] = [];
  #clockSteps: number;
  #nextTime: Timestamp;
  #segment: OpenSegment;
  #seed: number;
  #sources: Map<string, Map<string, Source>>;
  #chunk: Chunk | undefined;

  /**
   * @param now the wall clock, in milliseconds
   * @param onChunk is told of every chunk begun
   * @param onSegment is told of every segment begun; its header is pending then
   */
  constructor(
    state: WriterState,
    segmentSize: number,
    now: () => number,
    onChunk: (chunk: Chunk) => void,
    onSegment: (first: number, created: number) => void,
  ) {
    this.next = state.next;
    this.#clockSteps = state.clockSteps;
    this.#nextTime = state.nextTime;
    this.#segmentSize = segmentSize;
    this.#now = now;
    this.#onChunk = onChunk;
    this.#onSegment = onSegment;
    this.#segment = state.open ?? newSegment(state.next);
    this.#seed = segmentSeed(this.#segment.first);
    this.#sources = sourcesOf(this.#segment);
    if (state.open === undefined) this.#begin(state.previous);
  }

  /** Chunks with bytes that are not on disk, in order. */
  get pending(): readonly Chunk[] {
    return this.#pending;
  }

  /** The first offset of the segment being filled. */
  get segment(): number {
    return this.#segment.first;
  }

  /** Appends readings of one input; returns how many bytes they took. */
  append(input: string, arrivals: readonly Arrival[]): number {
    const before = this.pendingBytes;
    for (const arrival of arrivals) {
      const chunk = this.#roomFor(readingBound(input, arrival));
      const source = this.#sourceOf(input, arrival.channel);
      const index = this.next - this.#segment.first;
      const end = encodeReading(chunk.bytes, chunk.filled, index, this.#seed, source, input, arrival);
      this.#took(chunk, end);
      this.#seen(arrival.time, arrival.payload.length);
    }
    return this.pendingBytes - before;
  }

  /** Appends a mark; returns how many bytes it took. */
  mark(kind: MarkKind, time: Timestamp, attributes: Attributes | undefined): number {
    const before = this.pendingBytes;
    const chunk = this.#roomFor(markBound(attributes));
    const index = this.next - this.#segment.first;
    this.#took(chunk, encodeMark(chunk.bytes, chunk.filled, index, this.#seed, kind, time, attributes));
    if (kind === "clock_step") {
      this.#clockSteps += 1;
      this.#nextTime = time;
    }
    return this.pendingBytes - before;
  }

  /** Ends the segment being filled and begins the next, which takes effect on disk with the next write. */
  roll(): void {
    const { first, length, lastChecksum } = this.#segment;
    this.#segment = newSegment(this.next);
    this.#seed = segmentSeed(this.next);
    this.#sources = new Map();
    this.#begin({ first, length, lastChecksum });
  }

  /** A chunk is on disk up to `position` and the offset `next`. */
  written(chunk: Chunk, position: number, next: number): void {
    this.pendingBytes -= position - chunk.durable;
    chunk.setDurable(position, next);
    if (position === chunk.filled) this.#pending = this.#pending.filter((each) => each !== chunk);
  }

  #begin(previous: SegmentEnd | undefined): void {
    const created = this.#now();
    const { first } = this.#segment;
    this.#onSegment(first, created);
    const chunk = this.#newChunk(CHUNK_BYTES, HEADER_BYTES);
    encodeHeader(chunk.bytes, { first, created, previous, clockSteps: this.#clockSteps, nextTime: this.#nextTime });
    this.#segment.length = HEADER_BYTES;
    this.pendingBytes += HEADER_BYTES;
    this.#pending.push(chunk);
  }

  #newChunk(size: number, header: number): Chunk {
    const chunk = new Chunk(this.#segment.first, this.next, size, header, this.#segment.names);
    this.#chunk = chunk;
    this.#onChunk(chunk);
    return chunk;
  }

  #roomFor(bytes: number): Chunk {
    const { length, names, first } = this.#segment;
    const full = length + bytes > this.#segmentSize || names.length >= MOST_SOURCES;
    if (full && this.next > first) this.roll();
    const chunk = this.#chunk;
    if (chunk !== undefined && chunk.filled + bytes <= chunk.bytes.length) return chunk;
    return this.#newChunk(Math.max(CHUNK_BYTES, bytes), 0);
  }

  #took(chunk: Chunk, end: number): void {
    if (chunk.filled === chunk.durable) this.#pending.push(chunk);
    this.#segment.lastChecksum = storedChecksum(chunk.bytes, chunk.filled);
    this.#segment.length += end - chunk.filled;
    this.pendingBytes += end - chunk.filled;
    chunk.filled = end;
    this.next += 1;
    chunk.next = this.next;
  }

  #sourceOf(input: string, channel: string): Source {
    let channels = this.#sources.get(input);
    if (channels === undefined) {
      channels = new Map();
      this.#sources.set(input, channels);
    }
    let source = channels.get(channel);
    if (source === undefined) {
      source = { id: this.#segment.names.length, named: 0 };
      this.#segment.names.push({ input, channel });
      channels.set(channel, source);
    }
    return source;
  }

  #seen(time: Timestamp, bytes: number): void {
    const last = this.#nextTime;
    if (time.seconds > last.seconds || (time.seconds === last.seconds && time.nanos + bytes >= last.nanos)) {
      this.#nextTime = laterOf(last, addNanos(time, Math.max(1, bytes)));
    }
  }
}

function laterOf(a: Timestamp, b: Timestamp): Timestamp {
  return compareTimestamps(a, b) > 0 ? a : b;
}

function newSegment(first: number): OpenSegment {
  return { first, length: 0, lastChecksum: 0, names: [], named: [] };
}

function sourcesOf(segment: OpenSegment): Map<string, Map<string, Source>> {
  const sources = new Map<string, Map<string, Source>>();
  for (const [id, names] of segment.names.entries()) {
    if (names === undefined) continue;
    const channels = sources.get(names.input) ?? new Map<string, Source>();
    sources.set(names.input, channels.set(names.channel, { id, named: segment.named[id] ?? 0 }));
  }
  return sources;
}
