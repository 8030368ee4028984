import type { Journal } from "../journal/index.ts";
import type { Output, WriteError } from "../plugin/index.ts";
import type { Allowance } from "./allowance.ts";
import type { Bounds } from "./batch.ts";
import type { Chain } from "./chain.ts";
import type { FlightsOptions } from "./flights.ts";
import type { Item } from "./item.ts";
import type { Pace } from "./pace.ts";
import type { Progress, SavedProgress } from "./progress.ts";
import type { Reject } from "./reject.ts";

export interface OutletOptions {
  readonly journal: Journal;
  /** A chain that remembers nothing. */
  readonly makeChain: () => Chain;
  readonly output: Output;
  /** Whether the output wants an input's readings. */
  readonly wants: (input: string) => boolean;
  readonly batch: {
    readonly maxPoints: number;
    readonly maxBytes: number;
    readonly maxWaitMs: number;
    readonly inFlight: number;
  };
  readonly writeTimeoutMs: number;
  /** How quickly older points are delivered; undefined: as quickly as the sink takes them. */
  readonly pace?: Pace | undefined;
  /** What may be sent a day. */
  readonly allowance?: Allowance | undefined;
  /** The wall clock, in milliseconds since 1970. */
  readonly now?: () => number;
  readonly saved: SavedProgress;
  readonly save: (progress: SavedProgress) => Promise<void>;
  /** The cursor is saved after so many bytes of the journal. */
  readonly saveEveryBytes: number;
  /** What is on disk has moved: nothing below the offset is read again, also after a crash. */
  readonly onSaved: (needed: number) => void;
  /** Resolves once the rejects are durable. */
  readonly reject: (rejects: readonly Reject[]) => Promise<void>;
  readonly onDecoded: (readings: number, points: number) => void;
  /** So many points were taken. */
  readonly onDelivered: (points: number) => void;
  /** Each write that failed, also one of a search for bad points. */
  readonly onAttempt: (error: WriteError) => void;
  readonly onTaken: () => void;
  /** So many points are kept and tried again, unless the sink has gone. */
  readonly onTrouble: (error: WriteError, points: number) => void;
  /** Keeping what has to be durable failed; it is tried again. */
  readonly onFailure: (what: "cursor" | "state" | "rejects" | "journal", error: unknown) => void;
}

/** The most of a batch, when the bytes of a day are limited too. */
export function boundsOf({ maxPoints, maxBytes }: OutletOptions["batch"], allowance: Allowance | undefined): Bounds {
  return { maxPoints, maxBytes: Math.min(maxBytes, allowance?.maxBatch ?? Infinity) };
}

/** What batches on their way need of an outlet. @param peers points that wait */
export function flightsOptions(
  options: OutletOptions,
  progress: Progress,
  peers: () => readonly Item[],
): Omit<FlightsOptions, "onLanded"> {
  const { output, batch, allowance, writeTimeoutMs, onAttempt, onTaken, onTrouble } = options;
  const bounds = boundsOf(batch, allowance);
  return {
    delivery: { output, ...bounds, timeoutMs: writeTimeoutMs, peers, onAttempt, onTaken, onTrouble },
    allowance,
    progress,
    journal: options.journal,
    places: batch.inFlight,
    reject: options.reject,
    onDelivered: options.onDelivered,
    onFailure: (error) => options.onFailure("rejects", error),
  };
}
