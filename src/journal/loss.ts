/**
 * Why readings are gone:
 * - `dropped_oldest`: the journal was full, and its oldest readings made room (`when_full: drop_oldest`).
 * - `passed_optional`: the journal was full, and an output that is not required had not delivered them.
 * - `damaged`: bytes on disk are not what was written.
 * - `torn`: the last write before a power cut was not complete; nothing in it had been acknowledged.
 * - `missing`: segments that should be there are not, and retention did not remove them.
 * - `extra`: a file looks like a segment and is not part of the journal; nothing of the journal is lost.
 * - `no_room_for_mark`: even the room set aside for marks is used up.
 * - `reject_copies_full`: the last copies of rejected readings made room for newer ones.
 * - `reject_not_copied`: rejected readings could not be copied before their segment went.
 */
export type LossReason =
  | "dropped_oldest"
  | "passed_optional"
  | "damaged"
  | "torn"
  | "missing"
  | "extra"
  | "no_room_for_mark"
  | "reject_copies_full"
  | "reject_not_copied";

export interface Loss {
  readonly reason: LossReason;
  /** How many readings, as far as known; for `damaged` the most it can be. */
  readonly count: number;
  /** The first offset lost, and the one after the last. */
  readonly fromOffset: number;
  readonly toOffset: number;
  /** How many readings of each input, where known. */
  readonly inputs?: Readonly<Record<string, number>>;
  /** The segment file, and the place of the lost bytes in it. */
  readonly segment?: string;
  readonly position?: number;
  readonly bytes?: number;
  /** What happened, where, and what it means, as a sentence without a full stop. */
  readonly message: string;
}
