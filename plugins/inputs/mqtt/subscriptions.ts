import type { MqttClient } from "mqtt";
import { type Kept, UNSURE } from "./memory.ts";
import { isRefusal, subscribe, type Wanted } from "./subscribe.ts";

export interface Renewal {
  readonly client: MqttClient;
  /** The broker remembers this session. */
  readonly sessionPresent: boolean;
  /** Broker and client id. */
  readonly session: string;
  readonly wanted: readonly Wanted[];
  /** Subscribe to what the session has already, too. */
  readonly again: boolean;
  readonly kept: Kept;
  readonly save: (kept: Kept) => Promise<void>;
}

/**
 * Makes the session's subscriptions those that are wanted: takes back what has left the configuration, asks for what
 * is new. What is about to be asked for is saved before, so that it can be taken back after a crash too.
 * @returns the QoS granted, or a refusal's reason code, of each filter that was asked for
 * @throws Error when the connection is lost meanwhile
 */
export async function renewSubscriptions(renewal: Renewal): Promise<Map<string, number>> {
  const { client, sessionPresent, session, wanted, again, kept, save } = renewal;
  const known = sessionPresent && kept.session === session ? kept.subscribed : {};
  const filters = new Set(wanted.map(({ filter }) => filter));
  const leftOver = Object.keys(known).filter((filter) => !filters.has(filter));
  const due = wanted.filter(({ filter, qos }) => again || known[filter] !== qos);
  const unsure = Object.fromEntries(due.map(({ filter }) => [filter, UNSURE]));
  await save({ ...kept, session, subscribed: { ...known, ...unsure } });
  if (leftOver.length > 0) await client.unsubscribeAsync(leftOver);
  const granted = await subscribe(client, due);
  const held = wanted.filter(({ filter }) => !isRefusal(granted.get(filter) ?? 0));
  const subscribed = Object.fromEntries(held.map(({ filter, qos }) => [filter, qos]));
  await save({ ...kept, session, subscribed });
  return granted;
}
