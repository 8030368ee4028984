import type { Arrival, Attributes, Timestamp } from "../model/index.ts";
import { Chunk } from "./chunk.ts";
import type { Entry, MarkKind } from "./entry.ts";
import { completeFooter, encodeFooter, footerBound } from "./footer.ts";
import { newSegment, type OpenSegment } from "./open-segment.ts";
import { encodeMark, encodeReading, markBound, readingBound } from "./record.ts";
import { storedChecksum } from "./record-decoder.ts";
import type { SegmentContents } from "./segment-contents.ts";
import { encodeHeader, HEADER_BYTES, type SegmentEnd } from "./segment-header.ts";
import { segmentSeed } from "./segment.ts";
import { type InputSources, Sources } from "./sources.ts";

const CHUNK_BYTES = 64 * 1024;
/** A segment with this many sources is ended, which bounds its tables. */
const MOST_SOURCES = 131_072;
const NANOS_PER_SECOND = 1_000_000_000;

/** Where writing goes on: after what was found on disk, or at the beginning. */
export interface WriterState {
  /** The offset of the next entry. */
  readonly next: number;
  readonly clockSteps: number;
  readonly nextTime: Timestamp;
  /** The last segment, when it was not ended; without one a new segment is begun. */
  readonly open: OpenSegment | undefined;
  /** The open segment is damaged or torn: it is ended, and a new one begun. */
  readonly ends: boolean;
  /** The end of the last segment when that was ended. */
  readonly previous: SegmentEnd | undefined;
}

/** What the writer asks and tells. */
export interface WriterOptions {
  readonly segmentSize: number;
  /** The wall clock, in milliseconds. */
  readonly now: () => number;
  /** How long the journal has been open in all, in milliseconds. */
  readonly runningMs: () => number;
  /** Told of every chunk begun. */
  readonly onChunk: (chunk: Chunk) => void;
  /** Told of every segment begun; its header is pending then. */
  readonly onSegment: (first: number, created: number, runningMs: number) => void;
}

/** Encodes entries into chunks of segments, and begins a new segment when one is full. Touches no disk. */
export class SegmentWriter {
  /** The offset of the next entry. */
  next: number;
  /** Bytes that are in chunks and not on disk yet, over all segments. */
  pendingBytes = 0;
  readonly #options: WriterOptions;
  /** The footers that are not on disk, by their segment's first offset. */
  readonly #footers = new Map<number, Buffer>();
  #pending: Chunk[] = [];
  #clockSteps: number;
  /** The first moment that no reading occupies. */
  #nextSeconds: number;
  #nextNanos: number;
  #segment: OpenSegment;
  #seed: number;
  #sources: Sources;
  #chunk: Chunk | undefined;

  constructor(state: WriterState, options: WriterOptions) {
    this.next = state.next;
    this.#options = options;
    this.#clockSteps = state.clockSteps;
    this.#nextSeconds = state.nextTime.seconds;
    this.#nextNanos = state.nextTime.nanos;
    this.#segment = state.open ?? newSegment(state.next);
    this.#seed = segmentSeed(this.#segment.first);
    this.#sources = new Sources(this.#segment);
    if (state.open === undefined) this.#begin(state.previous);
    else if (state.ends) this.#roll(true);
  }

  /** Chunks with bytes that are not on disk, in order. */
  get pending(): readonly Chunk[] {
    return this.#pending;
  }

  /** The first offset of the segment being filled. */
  get segment(): number {
    return this.#segment.first;
  }

  /** Appends readings of one input; returns how many bytes of payload they have. */
  append(input: string, arrivals: readonly Arrival[]): number {
    let payloads = 0;
    let segment: OpenSegment | undefined;
    let sources: InputSources | undefined;
    for (const arrival of arrivals) {
      const chunk = this.#roomFor(readingBound(input, arrival));
      if (sources === undefined || segment !== this.#segment) {
        segment = this.#segment;
        sources = this.#sources.of(input);
      }
      const { channel } = arrival;
      const index = this.next - segment.first;
      const source = sources.channels.get(channel) ?? this.#sources.add(sources, input, channel, index);
      const end = encodeReading(chunk.bytes, chunk.filled, index, this.#seed, source, input, arrival);
      this.#took(chunk, end);
      sources.count.readings += 1;
      this.#seen(segment.contents, arrival.time, arrival.payload.length);
      payloads += arrival.payload.length;
    }
    return payloads;
  }

  /** Appends an entry that an earlier writer did not bring to disk; it gets the same offset when all before it did. */
  add(entry: Entry): void {
    if (entry.kind === "reading") this.append(entry.input, [entry]);
    else this.mark(entry.kind, entry.time, entry.attributes);
  }

  /** Appends a mark. */
  mark(kind: MarkKind, time: Timestamp, attributes: Attributes | undefined): void {
    const chunk = this.#roomFor(markBound(attributes));
    const index = this.next - this.#segment.first;
    this.#took(chunk, encodeMark(chunk.bytes, chunk.filled, index, this.#seed, kind, time, attributes));
    this.#segment.contents.marks += 1;
    this.#segment.contents.seen(time.seconds, time.nanos);
    if (kind === "clock_step") {
      this.#clockSteps += 1;
      this.#nextSeconds = time.seconds;
      this.#nextNanos = time.nanos;
    }
  }

  /** Ends the segment being filled with its footer and begins the next, which both go to disk with the next write. */
  roll(): void {
    this.#roll(false);
  }

  /** What ending the segment being filled, and beginning another, takes. */
  get rollBytes(): number {
    return HEADER_BYTES + footerBound(this.#sources.inputs);
  }

  /** True while the segment's footer waits for the hash of the segment before. */
  hasFooter(segment: number): boolean {
    return this.#footers.has(segment);
  }

  /** Gives the footer the hash of the segment before, if that could be read: now it can go to disk. */
  completeFooter(segment: number, hashBefore: Buffer | undefined): void {
    const footer = this.#footers.get(segment);
    if (footer !== undefined) completeFooter(footer, segment, hashBefore);
    this.#footers.delete(segment);
  }

  /** A chunk is on disk up to `position` and the offset `next`. */
  written(chunk: Chunk, position: number, next: number): void {
    this.pendingBytes -= position - chunk.durable;
    chunk.setDurable(position, next);
    if (position === chunk.filled) this.#pending = this.#pending.filter((each) => each !== chunk);
  }

  #roll(recovered: boolean): void {
    const { first, contents, lastChecksum } = this.#segment;
    const footer = encodeFooter(contents, { first, next: this.next, recovered });
    const chunk = this.#chunkFor(footer.length, footer.length);
    footer.copy(chunk.bytes, chunk.filled);
    this.#footers.set(first, chunk.bytes.subarray(chunk.filled, chunk.filled + footer.length));
    this.#filling(chunk, chunk.filled + footer.length);
    chunk.filled += footer.length;
    const { length } = this.#segment;
    this.#segment = newSegment(this.next);
    this.#seed = segmentSeed(this.next);
    this.#sources = new Sources(this.#segment);
    this.#begin({ first, length, lastChecksum });
  }

  #begin(previous: SegmentEnd | undefined): void {
    const created = this.#options.now();
    const runningMs = Math.floor(this.#options.runningMs());
    const { first } = this.#segment;
    this.#options.onSegment(first, created, runningMs);
    const chunk = this.#newChunk(CHUNK_BYTES, HEADER_BYTES);
    const nextTime = { seconds: this.#nextSeconds, nanos: this.#nextNanos };
    encodeHeader(chunk.bytes, { first, created, previous, clockSteps: this.#clockSteps, nextTime, runningMs });
    this.#segment.length = HEADER_BYTES;
    this.pendingBytes += HEADER_BYTES;
    this.#pending.push(chunk);
  }

  #newChunk(size: number, header: number): Chunk {
    const chunk = new Chunk(this.#segment.first, this.next, size, header, this.#segment.names);
    this.#chunk = chunk;
    this.#options.onChunk(chunk);
    return chunk;
  }

  #roomFor(bytes: number): Chunk {
    const { length, names, first } = this.#segment;
    const full = length + bytes > this.#options.segmentSize || names.length >= MOST_SOURCES;
    if (full && this.next > first) this.roll();
    return this.#chunkFor(bytes, CHUNK_BYTES);
  }

  /** The chunk being filled, or a new one when that has no room; `least` is the smallest to make. */
  #chunkFor(bytes: number, least: number): Chunk {
    const chunk = this.#chunk;
    if (chunk !== undefined && chunk.filled + bytes <= chunk.bytes.length) return chunk;
    return this.#newChunk(Math.max(least, bytes), 0);
  }

  #took(chunk: Chunk, end: number): void {
    this.#segment.lastChecksum = storedChecksum(chunk.bytes, chunk.filled);
    this.next += 1;
    this.#filling(chunk, end);
    chunk.took(end);
  }

  #filling(chunk: Chunk, end: number): void {
    if (chunk.filled === chunk.durable) this.#pending.push(chunk);
    this.#segment.length += end - chunk.filled;
    this.pendingBytes += end - chunk.filled;
  }

  #seen(contents: SegmentContents, time: Timestamp, bytes: number): void {
    let { seconds, nanos } = time;
    contents.seen(seconds, nanos);
    nanos += bytes > 0 ? bytes : 1;
    for (; nanos >= NANOS_PER_SECOND; nanos -= NANOS_PER_SECOND) seconds += 1;
    if (seconds > this.#nextSeconds || (seconds === this.#nextSeconds && nanos > this.#nextNanos)) {
      this.#nextSeconds = seconds;
      this.#nextNanos = nanos;
    }
  }
}
