import type { IClientOptions } from "mqtt";
import type { BrokerUrl } from "./broker-url.ts";
import type { MqttSettings } from "./settings.ts";
import { statusOptions } from "./status.ts";
import { MAX_TOPIC_ALIASES } from "./topic-aliases.ts";

const DAY_MS = 86_400_000;

/**
 * What mqtt.js is told of a connection. It makes one connection with each client: when to try again is not its business.
 * @param observing leave no trace at the broker: no session, no last will
 */
export function clientOptions(
  settings: MqttSettings,
  broker: BrokerUrl,
  clientId: string,
  observing: boolean,
): IClientOptions {
  const username = settings.username ?? broker.username;
  const password = settings.password ?? broker.password;
  const { status } = settings;
  const will =
    status === undefined || observing
      ? {}
      : { will: { topic: status.topic, payload: Buffer.from(status.offline), ...statusOptions(status) } };
  const clean = observing || settings.clean_session;
  return {
    clientId,
    clean,
    protocolVersion: protocolVersion(settings),
    keepalive: Math.ceil(settings.keepalive / 1000),
    connectTimeout: settings.connect_timeout,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    // Else mqtt.js makes 65,536 buffers, one for each 16-bit number that a packet may hold: 45 ms and 8 MB.
    writeCache: false,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...will,
    ...(settings.version === "5" ? { properties: connectProperties(settings, clean) } : {}),
  };
}

/** The protocol level that stands for the version in a CONNECT. */
export function protocolVersion({ version }: MqttSettings): 4 | 5 {
  return version === "5" ? 5 : 4;
}

function connectProperties(settings: MqttSettings, clean: boolean): NonNullable<IClientOptions["properties"]> {
  const { session_expiry: expiry = 7 * DAY_MS, max_in_flight: receiveMaximum } = settings;
  return {
    topicAliasMaximum: MAX_TOPIC_ALIASES,
    ...(clean ? {} : { sessionExpiryInterval: Math.ceil(expiry / 1000) }),
    ...(receiveMaximum === undefined ? {} : { receiveMaximum }),
  };
}
