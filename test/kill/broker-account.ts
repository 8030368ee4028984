import type { Mosquitto } from "../parts/mosquitto.ts";

/** What the broker says of itself, over its restarts. */
export interface BrokerAccount {
  /** Messages that it sent to the agent with the DUP flag. */
  readonly redeliveries: () => number;
  /** Messages that it dropped, by its own count and by its log. */
  readonly dropped: () => number;
  /** Restarts it with SIGTERM, whereupon it saves its sessions. */
  readonly restart: () => Promise<void>;
  readonly remove: () => Promise<void>;
}

/** Follows a broker that publishes its state each second. */
export async function accountOf(broker: Mosquitto): Promise<BrokerAccount> {
  const before = { redeliveries: 0, dropped: 0 };
  /** mosquitto's count begins anew with the process. */
  let counted = 0;
  const client = await broker.connect();
  client.on("message", (_topic, payload) => {
    counted = Math.max(counted, Number(payload.toString()));
  });
  await client.subscribeAsync("$SYS/broker/publish/messages/dropped");

  const redeliveries = () =>
    before.redeliveries + occurrences(broker.printed(), /Sending PUBLISH to fieldline-\S+ \(d1,/g);
  const logged = () => occurrences(broker.printed(), /messages are being dropped/g);
  const dropped = () => before.dropped + Math.max(counted, logged());
  return {
    redeliveries,
    dropped,
    restart: async () => {
      await broker.stop("SIGTERM");
      Object.assign(before, { redeliveries: redeliveries(), dropped: dropped() });
      counted = 0;
      await broker.start();
    },
    remove: async () => client.endAsync(true),
  };
}

function occurrences(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
