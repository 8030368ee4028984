import {
  choice,
  duration,
  flag,
  group,
  integer,
  list,
  path,
  type Problem,
  type SettingsOf,
  text,
} from "fieldline/plugin";
import { parseBrokerUrl } from "./broker-url.ts";
import { parsePattern } from "./pattern.ts";

const tls = group(
  {
    ca: path(
      "Certificates of the authorities that may have signed the broker's, PEM; else those that Node trusts.",
    ).optional(),
    cert: path("The client's certificate, PEM.").optional(),
    key: path("The private key of `cert`, PEM.").optional(),
    passphrase: text("What `key` is encrypted with.", { secret: true }).optional(),
    verify: flag("Refuse a broker whose certificate is not right. Turn off for a test only.").prefault("true"),
    server_name: text("The name in the broker's certificate, where it is not the host of `url`.").optional(),
  },
  "How mqtts:// and wss:// are secured. The files are read at each connection.",
);

const status = group(
  {
    topic: text("The topic that says whether the agent is connected. It is never taken as a reading."),
    online: text("What is published once it is connected.").prefault("online"),
    offline: text("What is published when it stops; by the broker, as its last will, when it is lost.").prefault(
      "offline",
    ),
    qos: choice(["0", "1"], "With which QoS.").prefault("1"),
    retain: flag("Whether the broker keeps it for those who subscribe later.").prefault("true"),
  },
  "Tells others whether the agent is there.",
);

export const settings = {
  url: text(
    "The broker: mqtt://HOST:PORT, mqtts:// with TLS, ws:// or wss:// by WebSocket. Ports: 1883, 8883, 80, 443.",
  ),
  topics: list(
    text("A topic: {name} captures a level or a part of one as a tag, {name...} all that are left; + and # as ever."),
    "What to subscribe to. {measurement} and {field} name the point; $share/GROUP/TOPIC shares with other clients.",
    { min: 1 },
  ),
  exclude: list(text("A topic, as in `topics`."), "Topics to leave out of those. They are counted.").optional(),
  qos: choice(["0", "1", "2"], "How surely the broker delivers: 0 may lose, 1 and 2 wait for the disk here.").prefault(
    "1",
  ),
  version: choice(["3.1.1", "5"], "The MQTT version. Every broker speaks 3.1.1.").prefault("3.1.1"),
  client_id: text("The name of the session. Default: fieldline-ID-RANDOM, kept in the data directory.", {
    pattern: /^[^\0]+$/,
    expected: "a client id of at least one character",
  }).optional(),
  username: text("The user name.").optional(),
  password: text("The password.", { secret: true }).optional(),
  tls: tls.optional(),
  keepalive: duration("How long the connection may be silent before it is tested; 0 never tests.", {
    max: 65_535_000,
  }).prefault("60s"),
  connect_timeout: duration("How long the broker may take to accept a connection.", { min: 100 }).prefault("30s"),
  clean_session: flag("Let the broker forget us when the connection ends: what is sent meanwhile is lost.").prefault(
    "false",
  ),
  session_expiry: duration("How long the broker keeps the session of an agent that is away; version 5, default 7d.", {
    min: 1000,
    max: 4_294_967_294_000,
  }).optional(),
  retained: choice(
    ["new", "always", "never"],
    "Retained messages: for a subscription that is new, at each connection, or not at all.",
  ).prefault("new"),
  max_in_flight: integer(
    "Messages that may wait for their acknowledgement; as the broker's own limit, default 20 there.",
    {
      min: 1,
      max: 65_535,
    },
  ).optional(),
  status: status.optional(),
};

export type MqttSettings = SettingsOf<typeof settings>;

/** What no single setting can tell. */
export function checkSettings(given: MqttSettings): Problem[] {
  return [
    ...checkUrl(given),
    ...given.topics.flatMap((topic, index) => checkTopic(topic, ["topics", index])),
    ...(given.exclude ?? []).flatMap((topic, index) => checkTopic(topic, ["exclude", index])),
    ...checkStatus(given),
    ...checkSession(given),
  ];
}

function conflict(path: Problem["path"], message: string): Problem {
  return { path, code: "conflicting-settings", message };
}

function reasonOf(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function checkUrl({ url, tls: secured }: MqttSettings): Problem[] {
  const reason = reasonOf(() => parseBrokerUrl(url));
  if (reason !== undefined) return [{ path: ["url"], code: "bad-address", message: reason }];
  const broker = parseBrokerUrl(url);
  const problems: Problem[] = [];
  if (broker.password !== undefined) {
    const message = "a password in the url is shown where the configuration is shown: use password: ${MQTT_PASSWORD}";
    problems.push({ path: ["url"], code: "bad-address", message, severity: "warning" });
  }
  if (secured === undefined) return problems;
  if (!broker.secure) problems.push(conflict(["tls"], `${broker.name} is not secured: write mqtts:// or wss://`));
  if (secured.cert === undefined && secured.key !== undefined)
    problems.push(conflict(["tls", "key"], "a key needs its certificate: set cert"));
  if (secured.cert !== undefined && secured.key === undefined)
    problems.push(conflict(["tls", "cert"], "a certificate needs its private key: set key"));
  return problems;
}

function checkTopic(topic: string, path: Problem["path"]): Problem[] {
  const reason = reasonOf(() => parsePattern(topic));
  return reason === undefined ? [] : [{ path, code: "bad-text", message: reason }];
}

function checkStatus(given: MqttSettings): Problem[] {
  const topic = given.status?.topic;
  if (topic === undefined || (topic !== "" && !/[+#{}\0]/.test(topic))) return [];
  return [{ path: ["status", "topic"], code: "bad-text", message: "expected a topic without wildcards and captures" }];
}

function checkSession({ session_expiry, version, clean_session }: MqttSettings): Problem[] {
  if (session_expiry === undefined) return [];
  if (version !== "5") return [conflict(["session_expiry"], 'needs MQTT 5: set version: "5"')];
  return clean_session
    ? [conflict(["session_expiry"], "clashes with clean_session: true, which keeps no session")]
    : [];
}
