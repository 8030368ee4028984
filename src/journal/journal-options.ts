import type { Timestamp } from "../model/index.ts";
import type { FileLayer } from "./files.ts";
import type { Loss } from "./loss.ts";
import type { RemovedSegment } from "./removed-segment.ts";

export interface JournalOptions {
  /** Made when it is missing. One process at a time may have it open. */
  readonly directory: string;
  /** `memory` keeps the segments in memory: the same rules, but nothing survives the process. */
  readonly durability: "disk" | "memory";
  /** The longest that an appended reading waits for its sync when nobody waits for it, in milliseconds. */
  readonly syncWithinMs: number;
  /** What the journal may take on disk, in bytes. */
  readonly maxSize: number;
  /** Delivered segments are removed after the journal has been open so long since they ended. */
  readonly maxAgeMs: number;
  readonly whenFull: "block" | "drop_oldest";
  /** Default: an eighth of `maxSize`, but from 64 KiB to 8 MiB. */
  readonly segmentSize?: number;
  readonly files?: FileLayer;
  /** The wall clock, in milliseconds. */
  readonly now?: () => number;
  /** A clock that nobody sets, in milliseconds. */
  readonly monotonic?: () => number;
  /** No new entry gets an offset below this: the highest offset of any cursor, in case the journal was deleted. */
  readonly atLeast?: number;
  /**
   * Called at once when a segment goes, which `begin` is then beyond; its file stays until this resolves. It has to
   * within a bound: senders may be waiting for the room.
   */
  readonly beforeRemoval?: (removed: RemovedSegment) => Promise<void>;
  /** Readings are lost. */
  readonly onLoss?: (loss: Loss) => void;
  /** Writing to disk fails (told once), or works again (undefined). */
  readonly onFailure?: (error: Error | undefined) => void;
}

export interface AppendOptions {
  /** Sync at once, rather than within `syncWithinMs`. */
  readonly senderWaits?: boolean;
  /** Default true. When false and there is no room, the readings are dropped. */
  readonly canWait?: boolean;
  /** Ends waiting for room. */
  readonly signal?: AbortSignal;
}

/** What the check at the start found. */
export interface Recovered {
  /** The first moment that no reading of the journal occupies. */
  readonly nextTime: Timestamp;
  /** When the last entry was received or noted; undefined in an empty journal. */
  readonly lastTime: Timestamp | undefined;
  /** How many steps of the wall clock the journal has noted. */
  readonly clockSteps: number;
  /** How many entries were checked. */
  readonly records: number;
  readonly damage: readonly Loss[];
}

export interface JournalStats {
  /** On disk and about to be. */
  readonly bytes: number;
  readonly segments: number;
  readonly syncs: number;
  readonly appendedReadings: number;
  /** Payload bytes. */
  readonly appendedBytes: number;
  /** Bytes written to segments, headers and all. */
  readonly writtenBytes: number;
  /** Appended and not durable yet; marks count too. */
  readonly pendingReadings: number;
  /** The last append found no room. */
  readonly full: boolean;
  /** Appends that wait for room. */
  readonly waiting: number;
}
