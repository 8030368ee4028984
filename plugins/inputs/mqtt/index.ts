import { type Captures, parsePattern } from "./pattern.ts";
import { type Claim, defineInput, NO_TAGS, type Origin } from "fieldline/plugin";
import { parseBrokerUrl } from "./broker-url.ts";
import { runMqtt } from "./run.ts";
import { checkSettings, type MqttSettings, settings } from "./settings.ts";

export default defineInput({
  name: "mqtt",
  summary: "Subscribes to topics of an MQTT broker, 3.1.1 or 5, by TCP, TLS or WebSocket.",
  settings,
  examples: [
    `type: mqtt
url: mqtt://127.0.0.1:1883
topics: ["bbq/{grill}/{field}"]
decode: { type: value, measurement: bbq }
`,
    `type: mqtt
url: mqtts://broker.example:8883
version: "5"
username: agent
password: \${MQTT_PASSWORD}
tls: { ca: certs/ca.pem, cert: certs/agent.pem, key: certs/agent.key }
topics: ["$share/agents/site/{site}/sensor-{id}/{measurement}"]
exclude: ["site/+/sensor-test/#"]
status: { topic: agents/patio }
decode: json
`,
  ],
  check: checkSettings,
  origin,
  originSettings: ["topics"],
  claims,
  create: (given, context) => ({ run: (emit, signal) => runMqtt(given, context, emit, signal) }),
});

/** The first topic of the file that matches decides. */
function origin({ topics }: Pick<MqttSettings, "topics">): (topic: string) => Origin {
  const patterns = topics.map(parsePattern);
  return (topic) => {
    let found: Captures | undefined;
    patterns.some((pattern) => (found = pattern.match(topic)) !== undefined);
    return found ?? { tags: NO_TAGS };
  };
}

/** Topics of a `$share` group are not ours alone: sharing them is what the group is for. */
function claims({ url, topics, exclude = [] }: MqttSettings): Claim[] {
  const broker = parseBrokerUrl(url).name;
  const except = exclude.map((topic) => parsePattern(topic).scope);
  return topics.flatMap((topic, index) => {
    const { filter, scope, subscription } = parsePattern(topic);
    if (filter !== subscription) return [];
    return [{ kind: "topic", name: `${broker} ${scope}`, path: ["topics", index], except }];
  });
}
