import type { Log } from "fieldline/plugin";
import type { MqttClient } from "mqtt";
import type { MqttSettings } from "./settings.ts";

type Status = NonNullable<MqttSettings["status"]>;

/** How the status topic is published. */
export function statusOptions({ qos, retain }: Status): { qos: 0 | 1; retain: boolean } {
  return { qos: qos === "1" ? 1 : 0, retain };
}

/** Publishes the status; a refusal is logged. Resolves when the broker has answered, which it need not. */
export async function publishStatus(
  client: MqttClient,
  log: Log,
  status: Status | undefined,
  state: "online" | "offline",
): Promise<void> {
  if (status === undefined) return;
  try {
    await client.publishAsync(status.topic, status[state], statusOptions(status));
  } catch (error) {
    const fields = { topic: status.topic, error: (error as Error).message };
    log.warn(fields, "the status could not be published: may this user publish to the topic?");
  }
}
