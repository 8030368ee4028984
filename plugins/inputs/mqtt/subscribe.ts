import type { ErrorWithSubackPacket, MqttClient } from "mqtt";

/** One subscription to ask for. */
export interface Wanted {
  /** A filter, with `$share/GROUP/` where it is shared. */
  readonly filter: string;
  readonly qos: 0 | 1 | 2;
  /** MQTT 5: retained messages are sent always (0), for a new subscription (1), never (2). */
  readonly retainHandling: 0 | 1 | 2;
}

/** Packets stay small, and one bad filter spoils the answer of few others. */
const AT_ONCE = 100;
/** Reason codes from here on are refusals (MQTT 5 section 3.9.3; 0x80 in MQTT 3.1.1). */
const REFUSED = 0x80;

/**
 * Subscribes.
 * @returns the QoS granted to each filter, or a reason code of 128 and above where the broker refuses
 * @throws Error when the connection is lost meanwhile
 */
export async function subscribe(client: MqttClient, wanted: readonly Wanted[]): Promise<Map<string, number>> {
  const granted = new Map<string, number>();
  for (let at = 0; at < wanted.length; at += AT_ONCE) {
    const some = wanted.slice(at, at + AT_ONCE);
    const codes = await subscribeOnce(client, some);
    for (const [index, { filter }] of some.entries()) granted.set(filter, codes[index] ?? REFUSED);
  }
  return granted;
}

function subscribeOnce(client: MqttClient, wanted: readonly Wanted[]): Promise<readonly number[]> {
  const topics = Object.fromEntries(
    wanted.map(({ filter, qos, retainHandling }) => [filter, { qos, rh: retainHandling }]),
  );
  return new Promise((resolve, reject) => {
    client.subscribe(topics, (error, _, packet) => {
      const answer = packet ?? (error as Partial<ErrorWithSubackPacket> | null)?.packet;
      if (answer === undefined) reject(error ?? new Error("the broker did not answer a subscription"));
      else resolve(answer.granted.map(Number));
    });
  });
}

/** Whether a broker's answer to a subscription is a refusal. */
export function isRefusal(code: number): boolean {
  return code >= REFUSED;
}
