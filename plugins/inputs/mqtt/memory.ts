import { randomBytes } from "node:crypto";
import type { InputContext } from "fieldline/plugin";

/** Stands for the QoS of a subscription whose answer has not come. */
export const UNSURE = -1;

/** What is kept between runs, so that the broker's session is found again and cleaned up. */
export interface Kept {
  /** The client id that was made up for this input. */
  readonly clientId: string;
  /** Broker and client id of the session that `subscribed` is about. */
  readonly session: string;
  /** Subscriptions of that session and the QoS asked for, or UNSURE. */
  readonly subscribed: Readonly<Record<string, number>>;
}

/** What was kept, or a new client id when there is nothing that can be read. */
export async function loadKept({ memory, id }: InputContext): Promise<Kept> {
  const found = await memory.load();
  return isKept(found) ? found : { clientId: newClientId(id), session: "", subscribed: {} };
}

/** A client id that nobody else has: `fieldline-INPUT-RANDOM`. */
export function newClientId(input: string): string {
  return `fieldline-${input}-${randomBytes(6).toString("hex")}`;
}

function isKept(value: unknown): value is Kept {
  if (typeof value !== "object" || value === null) return false;
  const { clientId, session, subscribed } = value as Partial<Record<keyof Kept, unknown>>;
  if (typeof clientId !== "string" || typeof session !== "string") return false;
  return (
    typeof subscribed === "object" &&
    subscribed !== null &&
    Object.values(subscribed).every((qos) => typeof qos === "number")
  );
}
