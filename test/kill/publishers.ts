import { setTimeout as sleep } from "node:timers/promises";
import type { MqttClient } from "mqtt";
import type { Mosquitto } from "../parts/mosquitto.ts";

const COUNT = 3;
/** What each may have under way without an acknowledgement. */
const MAX_PENDING = 200;
const STEP_MS = 20;

/** QoS 1 publishers that number their messages, all in one row of numbers from 0. */
export interface Publishers {
  /** Messages handed to the clients, which the broker has all accepted once `finish` has resolved. */
  readonly published: () => number;
  /** Messages that a client sent again on a new connection, of which the broker may have made two. */
  readonly repeats: () => number;
  /** Publishes no more, and waits until the broker has accepted all. */
  readonly finish: () => Promise<void>;
  /** Breaks the connections off. */
  readonly remove: () => Promise<void>;
}

/**
 * Starts publishers that together send `rate` messages a second to `kill/PUBLISHER/n`.
 * @param payload the text of a number
 */
export async function startPublishers(
  broker: Mosquitto,
  rate: number,
  payload: (number: number) => string,
): Promise<Publishers> {
  const clients = await Promise.all(Array.from({ length: COUNT }, () => broker.connect()));
  const stop = new AbortController();
  let next = 0;
  let sent = 0;
  for (const client of clients)
    client.on("packetsend", ({ cmd }) => {
      if (cmd === "publish") sent += 1;
    });
  const runs = clients.map((client, index) => publish(client, `kill/${index}/n`));
  // A failure is thrown to whoever waits for the end.
  const done = Promise.all(runs);
  done.catch(() => undefined);

  async function publish(client: MqttClient, topic: string): Promise<void> {
    const pending = new Set<Promise<unknown>>();
    let due = 0;
    while (!stop.signal.aborted) {
      await sleep(STEP_MS);
      due = Math.min(due + (rate * STEP_MS) / 1_000 / COUNT, MAX_PENDING);
      for (; due >= 1 && client.connected && pending.size < MAX_PENDING; due--) {
        const accepted = client.publishAsync(topic, payload(next++), { qos: 1 });
        pending.add(accepted);
        void accepted.then(
          () => pending.delete(accepted),
          () => undefined,
        );
      }
    }
    await Promise.all(pending);
  }

  return {
    published: () => next,
    repeats: () => sent - next,
    finish: async () => {
      stop.abort();
      await done;
    },
    remove: async () => {
      stop.abort();
      await Promise.all(clients.map((client) => client.endAsync(true)));
    },
  };
}
