import type { Reading } from "fieldline/plugin";
import { Deliveries } from "./deliveries.ts";

/** What both ends remember of a session while there is no connection. */
export interface Session {
  readonly deliveries: Deliveries;
  /** Packet ids of QoS 2 that the broker has not released; each resolves once its message is durable. */
  readonly unreleased: Map<number, Promise<void>>;
  /** Packet ids of QoS 2 of which the journal holds a message, and nobody knows whether the broker has released them. */
  readonly journaled: Set<number>;
}

/** @param recent what the journal holds of this input, oldest first; it outlives a kill, as the broker's session does */
export function sessionState(recent: readonly Reading[]): Session {
  const deliveries = new Deliveries();
  deliveries.learn(recent);
  const journaled = new Set<number>();
  for (const { attributes } of recent) {
    const packetId = Number(attributes?.["packet_id"]);
    if (attributes?.["qos"] === "2") journaled.add(packetId);
    else journaled.delete(packetId);
  }
  return { deliveries, unreleased: new Map(), journaled };
}
