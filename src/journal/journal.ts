import { dirname } from "node:path";
import type { Arrival, Attributes, Timestamp } from "../model/index.ts";
import type { Block, MarkKind } from "./entry.ts";
import { asError, errorCode, type FileLayer } from "./files.ts";
import { Flush } from "./flush.ts";
import type { Loss } from "./loss.ts";
import type { AppendOptions, JournalOptions, JournalStats, Recovered } from "./journal-options.ts";
import { memoryFiles } from "./memory-files.ts";
import { nodeFiles } from "./node-files.ts";
import { offsetAt } from "./offset-at.ts";
import { Recent } from "./recent.ts";
import { Recovery } from "./recovery.ts";
import { markBound, readingBound } from "./record.ts";
import { Retention, type Room } from "./retention.ts";
import { RoomQueue } from "./room-queue.ts";
import { SegmentFile } from "./segment-file.ts";
import { HEADER_BYTES } from "./segment-header.ts";
import { SegmentReader } from "./segment-reader.ts";
import { SegmentWriter } from "./segment-writer.ts";
import { Segments } from "./segments.ts";
import { Waiters } from "./waiters.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const RECENT_BYTES = 8 * MIB;
/** Appended and not on disk: beyond this an append waits for the disk. */
const MOST_PENDING_BYTES = 16 * MIB;
/** From here on a write begins without waiting for its time. */
const HURRY_BYTES = MIB;
const EXPIRE_EVERY_MS = 60_000;

/** The append-only log of all that was received. See docs/reference/journal-format.md for its bytes. */
export class Journal {
  readonly recovered: Recovered;
  readonly #options: JournalOptions;
  readonly #segments: Segments;
  readonly #writer: SegmentWriter;
  readonly #file: SegmentFile;
  readonly #flush: Flush;
  readonly #recent = new Recent(RECENT_BYTES);
  readonly #reader: SegmentReader;
  readonly #retention: Retention;
  readonly #room: RoomQueue;
  readonly #waiters = new Waiters();
  readonly #expire: NodeJS.Timeout;
  readonly #told = new Set<string>();
  readonly #limit: number;
  #end: number;
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
    const recovery = await Recovery.run(options.directory, files, options.atLeast ?? 0);
    const journal = new Journal(options, files, recovery);
    await journal.#begin(recovery);
    return journal;
  }

  private constructor(options: JournalOptions, files: FileLayer, recovery: Recovery) {
    const { maxSize, maxAgeMs, whenFull } = options;
    const now = options.now ?? Date.now;
    const segmentSize = options.segmentSize ?? Math.max(64 * KIB, Math.min(8 * MIB, Math.floor(maxSize / 8)));
    this.#options = options;
    this.#end = recovery.next;
    // The rest is for marks, so that also a full journal can be stopped, started and drained.
    this.#limit = maxSize - Math.min(MIB, Math.max(4 * KIB, Math.floor(maxSize / 64)));
    this.recovered = {
      nextTime: recovery.nextTime,
      lastTime: recovery.lastTime,
      clockSteps: recovery.clockSteps,
      records: recovery.records,
      recent: (input) => recovery.recent.of(input),
      damage: recovery.damage,
    };
    this.#segments = new Segments(options.directory, recovery.segments);
    this.#file = new SegmentFile(files);
    this.#reader = new SegmentReader(files, this.#segments, (loss) => this.#tellOnce(loss));
    this.#flush = new Flush({
      withinMs: options.syncWithinMs,
      write: () => this.#write(),
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
      now,
      onLoss: (loss) => options.onLoss?.(loss),
      beforeRemoval: options.beforeRemoval,
      onRemoved: () => this.#room.retry(),
      onFailure: (error) => options.onFailure?.(error),
      end: () => this.#writer.next,
      seal: () => this.#seal(),
    });
    this.#room = new RoomQueue((bytes) => this.#roomFor(bytes));
    this.#writer = new SegmentWriter(
      recovery,
      segmentSize,
      now,
      (chunk) => this.#recent.add(chunk),
      (first, created) => this.#segments.add(first, created),
    );
    this.#expire = setInterval(() => this.#retention.expire(), EXPIRE_EVERY_MS);
    this.#expire.unref();
    for (const loss of recovery.damage) this.#tellOnce(loss);
  }

  /** Writes the beginning of a new segment, if there is one, so that a directory that cannot be used is an error at once. */
  async #begin(recovery: Recovery): Promise<void> {
    try {
      await this.#write();
      await recovery.cutTorn();
    } catch (error) {
      if (errorCode(error) !== "ENOSPC") {
        clearInterval(this.#expire);
        throw error;
      }
      // A full disk may be emptied by delivering what is there.
      void this.#flush.appended(true);
    }
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

  /**
   * Appends what an input received, all or nothing. The payloads are copied before it returns or, when it waits for
   * room, when there is room.
   * @returns true once all is durable; false when `canWait` is false and there was no room
   * @throws the signal's reason when that is aborted while waiting for room; RangeError when the readings are larger
   *   than the journal may be; Error when the journal is closed, or closes while the disk fails
   */
  append(input: string, arrivals: readonly Arrival[], options: AppendOptions = {}): Promise<boolean> {
    let bytes = 0;
    for (const arrival of arrivals) bytes += readingBound(input, arrival);
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
    if (this.#bytes + markBound(attributes) + HEADER_BYTES > this.#options.maxSize) {
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
      this.#waiters.fail(closedError());
      await this.#retention.close();
      await this.#file.close();
    }
  }

  get #bytes(): number {
    return this.#segments.bytes + this.#writer.pendingBytes;
  }

  #append(input: string, arrivals: readonly Arrival[], options: AppendOptions): Promise<true> {
    if (arrivals.length === 0) return Promise.resolve(true);
    this.#writer.append(input, arrivals);
    for (const arrival of arrivals) this.#appendedBytes += arrival.payload.length;
    this.#appendedReadings += arrivals.length;
    return this.#flush.appended(options.senderWaits === true || this.#writer.pendingBytes > HURRY_BYTES);
  }

  #tooLarge(bytes: number): RangeError | undefined {
    const most = this.#limit - 2 * HEADER_BYTES;
    if (bytes <= most) return undefined;
    return new RangeError(
      `readings of ${bytes} bytes cannot be appended at once: the journal may take ${most} bytes; raise max_size, or let the input pass on less at once`,
    );
  }

  #roomFor(bytes: number): Room {
    const { pendingBytes } = this.#writer;
    // A slow disk makes room by itself; one that fails may not.
    if (pendingBytes > 0 && pendingBytes + bytes > MOST_PENDING_BYTES)
      return this.#flush.failure === undefined ? "soon" : "none";
    const room = this.#retention.makeRoom(this.#limit, () => this.#bytes + bytes + HEADER_BYTES);
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
  async #write(): Promise<void> {
    const pending = this.#writer.pending.map((chunk) => ({ chunk, end: chunk.filled, next: chunk.next }));
    for (const [first, parts] of Map.groupBy(pending, ({ chunk }) => chunk.segment)) {
      const segment = this.#segments.at(first);
      if (segment === undefined) throw new Error(`segment ${first} was removed before it was written`);
      const buffers = parts.map(({ chunk, end }) => chunk.bytes.subarray(chunk.durable, end));
      try {
        await this.#file.append(segment, buffers);
      } catch (error) {
        if (errorCode(error) === "ENOSPC") this.#retention.free();
        throw error;
      }
      const bytes = buffers.reduce((sum, each) => sum + each.length, 0);
      this.#segments.grow(segment, bytes);
      this.#writtenBytes += bytes;
      for (const { chunk, end, next } of parts) this.#writer.written(chunk, end, next);
      this.#advance(parts.at(-1)?.next ?? this.#end);
    }
    this.#retention.expire();
    this.#room.retry();
  }

  #advance(end: number): void {
    this.#end = end;
    this.#waiters.wake(end);
  }

  #tellOnce(loss: Loss): void {
    const place = `${loss.segment} ${loss.position}`;
    if (this.#told.has(place)) return;
    this.#told.add(place);
    this.#options.onLoss?.(loss);
  }
}

function closedError(): Error {
  return new Error("the journal is closed");
}
