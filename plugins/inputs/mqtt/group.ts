import type { Arrival } from "fieldline/plugin";
import { Acks } from "./acks.ts";

/** What was taken together: journaled in one piece, and acknowledged in one. */
export interface Group {
  arrivals: Arrival[];
  readonly acks: Acks;
  /** The arrivals are of QoS 1 and 2, or all of QoS 0: never both, since only the first can be held back. */
  acknowledged: boolean;
  /** What the arrivals take in memory, about. */
  bytes: number;
  /** What else has to be durable before the acknowledgements leave. */
  readonly waits: Promise<void>[];
  /** Resolves when the arrivals are. */
  readonly durable: PromiseWithResolvers<void>;
}

/** A group of nothing yet. */
export function newGroup(): Group {
  const durable = Promise.withResolvers<void>();
  return { arrivals: [], acks: new Acks(), acknowledged: false, bytes: 0, waits: [], durable };
}
