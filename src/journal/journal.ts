import { dirname } from "node:path";
import type { Arrival, Attributes, Timestamp } from "../model/index.ts";
import type { Chunk } from "./chunk.ts";
import type { Block, MarkKind } from "./entry.ts";
import { Anchor } from "./anchor.ts";
import { asError, type FileLayer, isFull } from "./files.ts";
import { Flush } from "./flush.ts";
import { HashChain } from "./hash-chain.ts";
import type { Loss } from "./loss.ts";
import { boundsOf, type JournalBounds } from "./journal-bounds.ts";
import type { AppendOptions, JournalOptions, JournalStats, Recovered } from "./journal-options.ts";
import { memoryFiles } from "./memory-files.ts";
import { nodeFiles } from "./node-files.ts";
import { offsetAt } from "./offset-at.ts";
import { Recent } from "./recent.ts";
import { Recovery } from "./recovery.ts";
import { markBound, readingBound } from "./record.ts";
import { Reserve } from "./reserve.ts";
import { Retention, type Room } from "./retention.ts";
import { RoomQueue } from "./room-queue.ts";
import { SegmentFile } from "./segment-file.ts";
import { SegmentReader } from "./segment-reader.ts";
import { SegmentWriter, type WriterState } from "./segment-writer.ts";
import { Segments } from "./segments.ts";
import { Waiters } from "./waiters.ts";

const MIB = 1024 * 1024;
const RECENT_BYTES = 8 * MIB;
/** Appended and not on disk: beyond this an append waits for the disk. */
const MOST_PENDING_BYTES = 16 * MIB;
/** From here on a write begins without waiting for its time. */
const HURRY_BYTES = MIB;
/** How long readers leave the thread to senders that wait. */
const READERS_WAIT_MS = 2;
const EXPIRE_EVERY_MS = 60_000;
/** How much of its age the journal may forget when it is killed. */
const KEEP_AGE_EVERY_MS = 3_600_000;

/** The append-only log of all that was received. See docs/reference/journal-format.md for its bytes. */
export class Journal {
  readonly recovered: Recovered;
  readonly #options: JournalOptions;
  readonly #files: FileLayer;
  readonly #segments: Segments;
  #writer: SegmentWriter;
  readonly #file: SegmentFile;
  readonly #flush: Flush;
  readonly #recent = new Recent(RECENT_BYTES);
  readonly #reader: SegmentReader;
  readonly #retention: Retention;
  readonly #room: RoomQueue;
  readonly #waiters = new Waiters();
  readonly #expire: NodeJS.Timeout;
  readonly #told = new Set<string>();
  readonly #anchor: Anchor;
  readonly #reserve: Reserve;
  readonly #hashes: HashChain;
  /** How long the journal has been open in all, in milliseconds. */
  readonly #runningMs: () => number;
  readonly #bounds: JournalBounds;
  #end: number;
  #waking: NodeJS.Timeout | undefined;
  #closed = false;
  #full = false;
  #appendedReadings = 0;
  #appendedBytes = 0;
  #writtenBytes = 0;

  /**
   * Opens the journal in its directory, after checking what is there.
   * @throws Error when the directory cannot be used, or when another version of the program wrote it
   */
  static async open(options: JournalOptions): Promise<Journal> {
    const files = options.files ?? (options.durability === "memory" ? memoryFiles() : nodeFiles);
    await files.makeDirectory(options.directory);
    await files.syncDirectory(dirname(options.directory));
    const anchor = await Anchor.open(options.directory, files);
    const recovery = await Recovery.run(options.directory, files, anchor, options.atLeast ?? 0);
    const journal = new Journal(options, files, anchor, recovery);
    await journal.#begin(recovery);
    return journal;
  }

  private constructor(options: JournalOptions, files: FileLayer, anchor: Anchor, recovery: Recovery) {
    const { directory, maxAgeMs, whenFull, monotonic = () => performance.now() } = options;
    this.#files = files;
    this.#options = options;
    this.#end = recovery.next;
    this.#anchor = anchor;
    this.#bounds = boundsOf(options);
    this.#reserve = new Reserve(directory, files, this.#bounds.reserve);
    const opened = monotonic() - Math.max(recovery.runningMs, anchor.state?.runningMs ?? 0);
    this.#runningMs = () => monotonic() - opened;
    this.recovered = {
      nextTime: recovery.nextTime,
      lastTime: recovery.lastTime,
      clockSteps: recovery.clockSteps,
      records: recovery.records,
      damage: recovery.damage,
    };
    this.#segments = new Segments(directory, recovery.segments);
    this.#hashes = new HashChain(files, recovery.segments, anchor.state);
    this.#file = new SegmentFile(files, () => this.#wake());
    this.#reader = new SegmentReader(files, this.#segments, (loss) => this.#tellOnce(loss));
    this.#flush = new Flush({
      withinMs: options.syncWithinMs,
      write: (hurried) => this.#write(hurried),
      onFailure: (error) => {
        options.onFailure?.(error);
        this.#room.retry();
      },
    });
    this.#retention = new Retention({
      files,
      segments: this.#segments,
      maxAgeMs,
      whenFull,
      runningMs: this.#runningMs,
      anchor,
      hashes: this.#hashes,
      onLoss: (loss) => options.onLoss?.(loss),
      beforeRemoval: options.beforeRemoval,
      onRemoved: () => this.#room.retry(),
      onFailure: (error) => options.onFailure?.(error),
      end: () => this.#writer.next,
      seal: () => this.#seal(),
    });
    this.#room = new RoomQueue((bytes) => this.#roomFor(bytes));
    this.#writer = this.#writerFrom(recovery);
    this.#expire = setInterval(() => this.#grow(), EXPIRE_EVERY_MS);
    this.#expire.unref();
    for (const loss of recovery.damage) this.#tellOnce(loss);
  }

  /** Writes the beginning of a new segment, if there is one, so that a directory that cannot be used is an error at once. */
  async #begin(recovery: Recovery): Promise<void> {
    try {
      await this.#write();
      await recovery.cutTorn();
      if (this.#anchor.state === undefined || recovery.segments.length === 0)
        await this.#anchor.save({ next: this.begin });
    } catch (error) {
      if (!isFull(error)) {
        clearInterval(this.#expire);
        throw error;
      }
      // A full disk may be emptied by delivering what is there.
      void this.#flush.appended(true);
    }
  }

  /** The journal grows older: what is old goes, and now and then its age is kept. */
  #grow(): void {
    this.#retention.expire();
    const runningMs = this.#runningMs();
    if (runningMs - (this.#anchor.state?.runningMs ?? 0) < KEEP_AGE_EVERY_MS) return;
    // The next time will do.
    this.#anchor.save({ runningMs }).catch(() => {});
  }

  /** The oldest offset kept. */
  get begin(): number {
    return Math.min(this.#end, this.#segments.oldest?.first ?? this.#end);
  }

  /** The offset after the last durable entry. */
  get end(): number {
    return this.#end;
  }

  get stats(): JournalStats {
    return {
      bytes: this.#bytes + this.#retention.removingBytes,
      segments: this.#segments.count,
      syncs: this.#file.syncs,
      appendedReadings: this.#appendedReadings,
      appendedBytes: this.#appendedBytes,
      writtenBytes: this.#writtenBytes,
      pendingReadings: this.#writer.next - this.#end,
      full: this.#full,
      waiting: this.#room.length,
    };
  }

  /** Whether these readings can be appended at once, be it when there is room: else only fewer can. */
  takes(input: string, arrivals: readonly Arrival[]): boolean {
    return this.#tooLarge(boundOf(input, arrivals)) === undefined;
  }

  /**
   * Appends what an input received, all or nothing. The payloads are copied before it returns or, when it waits for
   * room, when there is room.
   * @returns true once all is durable; false when `canWait` is false and there was no room
   * @throws the signal's reason when that is aborted while waiting for room; RangeError when the readings are larger
   *   than the journal may be; Error when the journal is closed, or closes while the disk fails
   */
  append(input: string, arrivals: readonly Arrival[], options: AppendOptions = {}): Promise<boolean> {
    const bytes = boundOf(input, arrivals);
    const problem = this.#closed ? closedError() : this.#tooLarge(bytes);
    if (problem !== undefined) return Promise.reject(problem);
    if (this.#room.isFree(bytes)) return this.#append(input, arrivals, options);
    const { canWait = true, signal } = options;
    if (signal?.aborted) return Promise.reject(asError(signal.reason));
    return this.#room.enter(bytes, canWait, () => this.#append(input, arrivals, options), signal);
  }

  /**
   * Notes what happened to the agent. Needs no room but what is set aside; when that is used up too the mark is left
   * out and told through `onLoss`.
   * @returns resolves once it is durable
   */
  async mark(kind: MarkKind, time: Timestamp, attributes?: Attributes): Promise<void> {
    if (this.#closed) throw closedError();
    if (this.#bytes + markBound(attributes) + this.#writer.rollBytes > this.#bounds.most) {
      const offset = this.#writer.next;
      const message = `the journal is full, with what is set aside for marks: ${kind} was not noted; see why an output does not deliver, or raise max_size`;
      this.#options.onLoss?.({ reason: "no_room_for_mark", count: 0, fromOffset: offset, toOffset: offset, message });
      return;
    }
    this.#writer.mark(kind, time, attributes);
    await this.#flush.appended(kind !== "tick");
  }

  /**
   * Durable entries from `from` on, at most about `maxBytes` of payload, but at least one if there is one.
   * An offset below `begin` is moved up to it; damaged entries are passed over.
   */
  async read(from: number, maxBytes: number, signal?: AbortSignal): Promise<Block> {
    let at = Math.max(from, this.begin);
    while (at < this.#end) {
      signal?.throwIfAborted();
      const block = this.#recent.find(at)?.read(at, maxBytes) ?? (await this.#reader.read(at, maxBytes, this.#end));
      if (block.entries.length > 0) return block;
      at = Math.max(block.next, this.begin);
    }
    return { entries: [], next: at, bytes: 0 };
  }

  /** Resolves when `end` is after `from`. @throws the signal's reason when aborted, Error when the journal is closed */
  async wait(from: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#end > from) return;
    if (this.#closed) throw closedError();
    await this.#waiters.wait(from, signal);
  }

  /**
   * What outputs have delivered: below `all` nobody needs anything, below `required` no required output does. May be
   * Infinity when there is no such output. Until it is called nothing counts as delivered.
   */
  setDelivered(required: number, all: number): void {
    this.#retention.setDelivered(required, all);
    this.#room.retry();
  }

  /** The offset of the first entry received at or after a moment; `end` when there is none. */
  async offsetAt(time: Timestamp): Promise<number> {
    return offsetAt(this, this.#segments, time);
  }

  /** Changes the longest that an appended reading waits for its sync when nobody waits for it, in milliseconds. */
  syncWithin(ms: number): void {
    this.#flush.withinMs = ms;
  }

  /**
   * The disk is full, and somebody has to write little to empty it, such as a cursor: gives them the room that is set
   * aside. The journal takes no more until it has it back.
   */
  async spare(): Promise<void> {
    await this.#reserve.release().catch(() => {});
  }

  /** Senders are held back, or will be soon, for want of room or since the disk fails. */
  get held(): boolean {
    return this.#full || this.#flush.failure !== undefined;
  }

  /** Makes durable what was appended so far. */
  async sync(): Promise<void> {
    await this.#flush.now();
  }

  /**
   * Makes durable what was appended, and ends. Appends that wait for room, and waiting readers, are rejected.
   * @throws Error when the disk fails; what is not durable is lost then
   */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#expire);
    this.#room.close(closedError());
    try {
      await this.#flush.close();
    } finally {
      this.#wake();
      this.#waiters.fail(closedError());
      await this.#retention.close();
      await this.#file.close();
      // Without it the journal is only younger than it could be.
      await this.#anchor.save({ runningMs: this.#runningMs() }).catch(() => {});
    }
  }

  get #bytes(): number {
    return this.#segments.bytes + this.#writer.pendingBytes;
  }

  #append(input: string, arrivals: readonly Arrival[], options: AppendOptions): Promise<true> {
    if (arrivals.length === 0) return Promise.resolve(true);
    this.#appendedBytes += this.#writer.append(input, arrivals);
    this.#appendedReadings += arrivals.length;
    return this.#flush.appended(options.senderWaits === true || this.#writer.pendingBytes > HURRY_BYTES);
  }

  #tooLarge(bytes: number): RangeError | undefined {
    const { largest } = this.#bounds;
    if (bytes <= largest) return undefined;
    return new RangeError(
      `readings of ${bytes} bytes cannot be appended at once: the journal may take ${largest} bytes; raise max_size, or let the input pass on less at once`,
    );
  }

  #roomFor(bytes: number): Room {
    const { pendingBytes } = this.#writer;
    // A slow disk makes room by itself; one that fails may not.
    if (pendingBytes > 0 && pendingBytes + bytes > MOST_PENDING_BYTES)
      return this.#flush.failure === undefined ? "soon" : "none";
    const room = this.#retention.makeRoom(this.#bounds.limit, () => this.#bytes + bytes + this.#writer.rollBytes);
    this.#full = room === "none";
    return room;
  }

  #seal(): boolean {
    const { pendingBytes, next, segment } = this.#writer;
    if (pendingBytes === 0 && next === segment) return false;
    if (pendingBytes === 0) this.#writer.roll();
    void this.#flush.appended(true);
    return true;
  }

  /** Writes all that is pending, a segment after the other: only the last one on disk can ever be torn. */
  async #write(hurried = false): Promise<void> {
    try {
      await this.#reserve.make();
      await this.#writePending(hurried);
    } catch (error) {
      if (!isFull(error)) throw error;
      this.#retention.free();
      await this.spare();
      await this.#endOnlySegment().catch(() => {});
      if (this.#writer.pendingBytes > 0) throw error;
    }
    this.#retention.expire();
    this.#room.retry();
  }

  /**
   * The disk is full, and a segment can go only once the next one has begun: ends the only one on disk where it ends
   * there, and begins the next in a part of the room that is set aside.
   */
  async #endOnlySegment(): Promise<void> {
    const { oldest, second } = this.#segments;
    if (oldest === undefined || oldest.length === 0 || (second?.length ?? 0) > 0 || this.#end === oldest.first) return;
    const found = await Recovery.run(this.#options.directory, this.#files, this.#anchor, this.#end);
    if (found.next !== this.#end) return;
    const unwritten = this.#writer.pending.flatMap((chunk) => chunk.unwritten());
    this.#segments.removeUnwritten();
    found.ends = true;
    this.#writer = this.#writerFrom(found);
    for (const entry of unwritten) this.#writer.add(entry);
    await this.#writePending(false, this.#reserve.size / 2);
    // Until there is room nothing more is written, and who mends the disk may want it without open files.
    await this.#file.close();
  }

  #writerFrom(state: WriterState): SegmentWriter {
    const { now = Date.now } = this.#options;
    return new SegmentWriter(state, {
      segmentSize: this.#bounds.segmentSize,
      now,
      runningMs: this.#runningMs,
      onChunk: (chunk) => this.#recent.add(chunk),
      onSegment: (first, created, runningMs) => this.#segments.add(first, created, runningMs),
    });
  }

  /** @param most bytes; as many as fit into it, in order */
  async #writePending(hurried: boolean, most = Infinity): Promise<void> {
    const chunks = leading(this.#writer.pending, most);
    const pending = chunks.map((chunk) => ({ chunk, end: chunk.filled, next: chunk.next }));
    for (const [first, parts] of Map.groupBy(pending, ({ chunk }) => chunk.segment)) {
      const segment = this.#segments.at(first);
      if (segment === undefined) throw new Error(`segment ${first} was removed before it was written`);
      this.#hashes.writing(segment);
      if (this.#writer.hasFooter(first)) this.#writer.completeFooter(first, await this.#hashes.before);
      const buffers = parts.map(({ chunk, end }) => chunk.bytes.subarray(chunk.durable, end));
      await this.#file.append(segment, buffers);
      const bytes = buffers.reduce((sum, each) => sum + each.length, 0);
      this.#segments.grow(segment, bytes);
      this.#writtenBytes += bytes;
      for (const { chunk, end, next } of parts) this.#writer.written(chunk, end, next);
      this.#advance(parts.at(-1)?.next ?? this.#end, hurried);
    }
  }

  /**
   * What is durable can be read. While senders wait, what they send next comes first: readers are at work while the
   * disk is, with the next sync, or a little later when there is none.
   */
  #advance(end: number, hurried: boolean): void {
    this.#end = end;
    if (hurried) this.#waking ??= setTimeout(() => this.#wake(), READERS_WAIT_MS);
    else this.#wake();
  }

  #wake(): void {
    clearTimeout(this.#waking);
    this.#waking = undefined;
    this.#waiters.wake(this.#end);
  }

  #tellOnce(loss: Loss): void {
    const place = `${loss.segment ?? loss.fromOffset} ${loss.position}`;
    if (this.#told.has(place)) return;
    this.#told.add(place);
    this.#options.onLoss?.(loss);
  }
}

/** What readings take in a segment at most, in bytes. */
function boundOf(input: string, arrivals: readonly Arrival[]): number {
  let bytes = 0;
  for (const arrival of arrivals) bytes += readingBound(input, arrival);
  return bytes;
}

/** The first chunks, as long as what of them is not on disk is at most so many bytes. */
function leading(chunks: readonly Chunk[], most: number): readonly Chunk[] {
  let bytes = 0;
  const beyond = chunks.findIndex(({ filled, durable }) => (bytes += filled - durable) > most);
  return beyond < 0 ? chunks : chunks.slice(0, beyond);
}

function closedError(): Error {
  return new Error("the journal is closed");
}
