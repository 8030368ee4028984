import type { Banner } from "fieldline/plugin";
import type { BoardClock } from "./board-clock.ts";
import type { SequenceLog } from "./sequence.ts";

/** A board as a session knows it; one that takes over its link goes on with that. */
export interface KnownBoard {
  /** What it has said of itself, and the configuration that it has now. */
  banner: Banner;
  sequence: SequenceLog;
  /** So many of its first channels may be on; undefined while that is not known. */
  inUse?: number;
  readonly clock: BoardClock;
}

/** Its id; of a board that has none, and gets none from a host that only looks on, what its banner says then. */
export function idOf({ banner }: Pick<KnownBoard, "banner">): string {
  return banner.id ?? "00000000";
}
