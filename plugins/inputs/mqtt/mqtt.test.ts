import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type KeptMemory, mqttSettings, startMqtt } from "../../../test/parts/mqtt-input.ts";
import { type Mosquitto, startMosquitto } from "../../../test/parts/mosquitto.ts";
import { until } from "../../../test/parts/program.ts";
import mqtt from "./index.ts";

const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index));

describe("with a broker", () => {
  let broker: Mosquitto;
  beforeAll(async () => {
    // mosquitto 2.0.11 forgets to go on with QoS 2 messages that are more than its window.
    broker = await startMosquitto({ maxInFlight: 1000 });
  });
  afterAll(() => broker.remove());

  it.each([
    ["3.1.1", "0"],
    ["3.1.1", "1"],
    ["3.1.1", "2"],
    ["5", "0"],
    ["5", "1"],
    ["5", "2"],
  ])("all messages come once and in order, version %s, QoS %s", async (version, qos) => {
    const topic = `order/${version}/${qos}`;
    const input = startMqtt({ url: broker.url, topics: [topic], version, qos });
    await input.up();
    await broker.publish(topic, 500, { qos: Number(qos) as 0 | 1 | 2 });
    await until("all messages", () => input.arrivals.length >= 500);
    await input.stop();
    expect(input.texts()).toEqual(numbers(500));
    expect(input.arrivals.every(({ channel }) => channel === topic)).toBe(true);
    expect(input.options.every((options) => options?.canWait === (qos !== "0"))).toBe(true);
  });

  it("readings keep packet id, QoS and flags, and MQTT 5 properties; plain ones of QoS 0 keep nothing", async () => {
    const client = await broker.connect({ protocolVersion: 5 });
    await client.publishAsync("attributes/kept", "1", { qos: 1, retain: true });
    const input = startMqtt({ url: broker.url, topics: ["attributes/#"], version: "5" });
    await until("the retained message", () => input.arrivals.length >= 1);
    await client.publishAsync("attributes/plain", "2");
    const properties = { contentType: "text/plain", responseTopic: "answer", userProperties: { unit: "C" } };
    await client.publishAsync("attributes/properties", "3", { qos: 1, properties });
    await until("all messages", () => input.arrivals.length >= 3);
    await input.stop();
    await client.endAsync();
    expect(input.arrivals.map(({ attributes }) => attributes)).toEqual([
      { packet_id: "1", qos: "1", retain: "true" },
      undefined,
      { packet_id: "2", qos: "1", content_type: "text/plain", response_topic: "answer", "user.unit": "C" },
    ]);
  });

  it("messages with QoS 0 where more was asked for are taken, with one warning", async () => {
    const input = startMqtt({ url: broker.url, topics: ["lower"] });
    await input.up();
    await broker.publish("lower", 1);
    await broker.publish("lower", 3, { first: 1, qos: 0 });
    await until("all messages", () => input.arrivals.length >= 4);
    await input.stop();
    expect(input.log.filter((line) => line.startsWith("warn"))).toEqual([
      expect.stringContaining("messages come with QoS 0 although qos is 1: who publishes to lower"),
    ]);
  });

  it("excluded topics, those of no pattern and the agent's own status are left out and counted", async () => {
    const input = startMqtt({
      url: broker.url,
      topics: ["left/sensor-{id}", "left/sub/#"],
      exclude: ["left/sub/test/{any}"],
      status: { topic: "left/sub/status" },
    });
    await input.up();
    for (const topic of ["left/sensor-1", "left/gate", "left/sub/test/1", "left/sub/x"]) await broker.publish(topic, 2);
    await until("all messages", () => input.arrivals.length >= 4 && (input.counts["excluded"] ?? 0) >= 3);
    await input.stop();
    expect(input.arrivals.map(({ channel }) => channel)).toEqual([
      "left/sensor-1",
      "left/sensor-1",
      "left/sub/x",
      "left/sub/x",
    ]);
    expect(input.counts).toMatchObject({ excluded: 3, other_topics: 2 });
  });

  it("members of a $share group share the messages", async () => {
    const members = ["3.1.1", "5"].map((version) =>
      startMqtt({ url: broker.url, topics: ["$share/group/shared/{n}"], version }),
    );
    await Promise.all(members.map((member) => member.up()));
    await broker.publish("shared/1", 200);
    await until("all messages", () => members.reduce((sum, { arrivals }) => sum + arrivals.length, 0) >= 200);
    await Promise.all(members.map((member) => member.stop()));
    expect(members.every(({ arrivals }) => arrivals.length > 0)).toBe(true);
    expect(members.flatMap((member) => member.texts()).toSorted()).toEqual(numbers(200).toSorted());
  });

  it.each([
    ["3.1.1", "new", ["kept", "kept"]],
    ["5", "new", ["kept", "kept"]],
    ["3.1.1", "always", ["kept", "kept", "kept"]],
    ["5", "always", ["kept", "kept", "kept"]],
    ["3.1.1", "never", []],
    ["5", "never", []],
  ])("retained messages of version %s: %s", async (version, retained, expected) => {
    const topic = `retained/${version}/${retained}`;
    const client = await broker.connect();
    await client.publishAsync(`${topic}/a`, "kept", { qos: 1, retain: true });
    await client.publishAsync(`${topic}/b`, "kept", { qos: 1, retain: true });
    const memory: KeptMemory = {};
    const texts: string[] = [];
    for (const topics of [[`${topic}/a`], [`${topic}/a`, `${topic}/b`]]) {
      const input = startMqtt({ url: broker.url, topics, version, retained }, { memory });
      await input.up();
      await client.publishAsync(`${topic}/a`, "end", { qos: 1 });
      await until("the last message", () => input.texts().includes("end"));
      await input.stop();
      texts.push(...input.texts().filter((text) => text !== "end"));
    }
    await client.publishAsync(`${topic}/a`, "", { retain: true });
    await client.endAsync();
    expect(texts).toEqual(expected);
  });

  it("observing leaves no trace: QoS 0, no session, no status, no share, nothing kept", async () => {
    const memory: KeptMemory = {};
    const written = {
      url: broker.url,
      topics: ["$share/group/observed/#"],
      client_id: "the-agent",
      status: { topic: "observed/status" },
    };
    const agent = startMqtt(written);
    await agent.up();
    const observer = startMqtt(written, { memory, observing: true });
    await observer.up();
    await broker.publish("observed/1", 50);
    await until("all messages", () => agent.arrivals.length >= 50 && observer.arrivals.length >= 50);
    await observer.stop();
    await agent.stop();
    expect(agent.reports).toHaveLength(1);
    expect(observer.texts()).toEqual(numbers(50));
    expect(observer.arrivals.every(({ attributes }) => attributes === undefined)).toBe(true);
    expect(memory).toEqual({});
  });

  it("a message of 3 MB comes whole", async () => {
    const input = startMqtt({ url: broker.url, topics: ["large"] });
    await input.up();
    const client = await broker.connect();
    const payload = Buffer.alloc(3_000_000, "abc");
    await client.publishAsync("large", payload, { qos: 1 });
    await client.endAsync();
    await until("the message", () => input.arrivals.length > 0);
    await input.stop();
    expect(payload.equals(input.arrivals[0]?.payload ?? Buffer.alloc(0))).toBe(true);
  });
});

describe("the configuration", () => {
  const problemsOf = (written: Record<string, unknown>) => () => mqttSettings({ topics: ["a"], ...written });

  it("says what a topic says of its readings; the first pattern that matches decides", () => {
    const topics = ["site/{site}/sensor-{id}/{measurement}/{field}", "site/#", "other/{rest...}"];
    const origin = mqtt.origin?.(mqttSettings({ url: "mqtt://h", topics }));
    expect(origin?.("site/a/sensor-7/air/temp")).toEqual({
      measurement: "air",
      field: "temp",
      tags: new Map([
        ["site", "a"],
        ["id", "7"],
      ]),
    });
    expect(origin?.("site/a")).toEqual({ tags: new Map() });
    expect(origin?.("other/a/b")?.tags).toEqual(new Map([["rest", "a/b"]]));
    expect(origin?.("left/the/file")).toEqual({ tags: new Map() });
  });

  it("claims its topics, but none that it shares", () => {
    const topics = ["a/sensor-{x}", "$share/g/b/#", "c/{x...}"];
    expect(mqtt.claims?.(mqttSettings({ url: "tcp://u:p@h", topics, exclude: ["c/{d}"] }))).toEqual([
      { kind: "topic", name: "mqtt://h:1883 a/sensor-+", path: ["topics", 0], except: ["c/+"] },
      { kind: "topic", name: "mqtt://h:1883 c/#", path: ["topics", 2], except: ["c/+"] },
    ]);
  });

  it.each([
    ["expected a broker", { url: "http://h" }],
    ["a brace is left open", { url: "mqtt://h", topics: ["a/{b"] }],
    ["# stands alone", { url: "mqtt://h", exclude: ["#/b"] }],
    ["without wildcards", { url: "mqtt://h", status: { topic: "a/+" } }],
    ["is not secured", { url: "mqtt://h", tls: { ca: "/ca.pem" } }],
    ["set cert", { url: "mqtts://h", tls: { key: "/key" } }],
    ["set key", { url: "mqtts://h", tls: { cert: "/cert" } }],
    ["needs MQTT 5", { url: "mqtt://h", session_expiry: "1h" }],
    ["clashes with", { url: "mqtt://h", version: "5", session_expiry: "1h", clean_session: "true" }],
  ])("is refused: %s", (reason, written) => {
    expect(problemsOf(written)).toThrow(reason);
  });

  it("warns of a password in the url without telling it", () => {
    const problems = mqtt.check?.(mqttSettings({ url: "mqtt://me:hush@h", topics: ["a"] }));
    expect(problems).toMatchObject([{ path: ["url"], severity: "warning" }]);
    expect(JSON.stringify(problems)).not.toContain("hush");
  });
});
