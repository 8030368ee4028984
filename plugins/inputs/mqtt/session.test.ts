import { afterEach, expect, it } from "vitest";
import type { Reading } from "fieldline/plugin";
import { type KeptMemory, startMqtt } from "../../../test/parts/mqtt-input.ts";
import { type Mosquitto, type MosquittoOptions, startMosquitto } from "../../../test/parts/mosquitto.ts";
import { until } from "../../../test/parts/program.ts";

const brokers: Mosquitto[] = [];
afterEach(async () => {
  await Promise.all(brokers.splice(0).map((broker) => broker.remove()));
});

async function start(options?: MosquittoOptions): Promise<Mosquitto> {
  const broker = await startMosquitto(options);
  brokers.push(broker);
  return broker;
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index));

it.each(["3.1.1", "5"])("unacknowledged messages come again with their first times, version %s", async (version) => {
  const broker = await start();
  let hold = true;
  const released = Promise.withResolvers<void>();
  const sync = () => (hold ? released.promise : Promise.resolve());
  const input = startMqtt({ url: broker.url, topics: ["held"], version }, { sync });
  await input.up();
  await broker.publish("held", 100);
  await until("the window", () => input.arrivals.length >= 20);
  expect(broker.printed()).not.toContain("Received PUBACK");
  expect(input.options.some((options) => options?.senderWaits)).toBe(true);

  await broker.stop();
  await broker.start();
  await until("the window again", () => input.arrivals.length >= 40);
  hold = false;
  released.resolve();
  await until("all messages", () => new Set(input.texts()).size === 100);
  await input.stop();
  const [first, again] = [input.arrivals.slice(0, 20), input.arrivals.slice(20, 40)];
  expect(again.map(({ time }) => time)).toEqual(first.map(({ time }) => time));
  expect(again.every(({ attributes }) => attributes?.["dup"] === "true")).toBe(true);
  expect(input.texts()).toEqual([...numbers(20), ...numbers(100)]);
});

it("after a restart, what comes again takes the time that the journal holds", async () => {
  const broker = await start();
  const memory: KeptMemory = {};
  const written = { url: broker.url, topics: ["again"] };
  const stuck = startMqtt(written, { memory, sync: () => Promise.reject(new Error("the journal is closed")) });
  await stuck.up();
  await broker.publish("again", 5);
  await until("messages", () => stuck.arrivals.length >= 5);
  await stuck.stop();
  const recent: Reading[] = stuck.arrivals.slice(0, 5).map((arrival, offset) => ({ ...arrival, input: "i", offset }));
  const input = startMqtt(written, { memory, recent });
  await until("messages again", () => input.arrivals.length >= 5);
  await input.stop();
  expect(input.texts()).toEqual(numbers(5));
  expect(input.arrivals.map(({ time }) => time)).toEqual(recent.map(({ time }) => time));
});

it("10,000 messages all arrive though the broker restarts in the middle", async () => {
  const broker = await start();
  const input = startMqtt({ url: broker.url, topics: ["many/{n}"] });
  await input.up();
  const publishing = broker.publish("many/1", 10_000);
  await until("some messages", () => input.arrivals.length > 2000);
  await broker.stop();
  await broker.start();
  await publishing;
  await until("all messages", () => new Set(input.texts()).size === 10_000);
  await input.stop();
  expect(input.reports.map((report) => report.split(":")[0])).toEqual(expect.arrayContaining(["up", "down", "up"]));
});

it.each(["3.1.1", "5"])(
  "what is sent while the agent is stopped comes when it runs again, version %s",
  async (version) => {
    const broker = await start();
    const memory: KeptMemory = {};
    const written = { url: broker.url, topics: ["away"], version };
    const first = startMqtt(written, { memory });
    await first.up();
    await first.stop();
    await broker.publish("away", 100);
    const second = startMqtt(written, { memory });
    await until("all messages", () => second.arrivals.length >= 100);
    await second.stop();
    expect(second.texts()).toEqual(numbers(100));
  },
);

it("a session that is as it was is gone on with, though nothing can be kept", async () => {
  const broker = await start();
  const memory: KeptMemory = {};
  const first = startMqtt({ url: broker.url, topics: ["kept"] }, { memory });
  await first.up();
  await first.stop();
  const again = startMqtt({ url: broker.url, topics: ["kept"] }, { memory: Object.freeze(memory) });
  await again.up();
  await again.stop();
  expect(again.reports).toHaveLength(1);
});

it("a clean session keeps nothing", async () => {
  const broker = await start();
  const memory: KeptMemory = {};
  const written = { url: broker.url, topics: ["away"], clean_session: "true" };
  const first = startMqtt(written, { memory });
  await first.up();
  await first.stop();
  await broker.publish("away", 10);
  const second = startMqtt(written, { memory });
  await second.up();
  await broker.publish("away", 1, { first: 10 });
  await until("a message", () => second.arrivals.length > 0);
  await second.stop();
  expect(second.texts()).toEqual(["10"]);
});

it("topics that left the file are unsubscribed; what was queued for them is kept", async () => {
  const broker = await start();
  const memory: KeptMemory = {};
  const first = startMqtt({ url: broker.url, topics: ["stays", "leaves/{x}"] }, { memory });
  await first.up();
  await first.stop();
  await broker.publish("leaves/1", 3);
  const second = startMqtt({ url: broker.url, topics: ["stays"] }, { memory });
  await second.up();
  await broker.publish("leaves/1", 3, { first: 3 });
  await broker.publish("stays", 1, { first: 6 });
  await until("the last message", () => second.texts().includes("6"));
  await second.stop();
  expect(second.texts()).toEqual(["0", "1", "2", "6"]);
  expect(memory.value).toMatchObject({ subscribed: { stays: 1 } });
  expect(Object.keys((memory.value as { subscribed: object }).subscribed)).toEqual(["stays"]);
});

it("a broker that is down at the start is waited for", async () => {
  const broker = await start();
  await broker.stop();
  const input = startMqtt({ url: broker.url, topics: ["late"] });
  expect(await input.down()).toContain("is the broker running");
  await broker.start();
  await input.up();
  await broker.publish("late", 3);
  await until("all messages", () => input.arrivals.length >= 3);
  await input.stop();
});

it("a wrong password is told, without telling it, and tried again", async () => {
  const broker = await start({ password: true });
  const written = { url: broker.url, topics: ["a"], username: "user" };
  const wrong = startMqtt({ ...written, password: "guess" });
  await until("two attempts", () => wrong.reports.length >= 2);
  await wrong.stop();
  expect(wrong.reports[1]).toContain("check username and password");
  expect(wrong.reports.join(" ")).not.toContain("guess");
  const right = startMqtt({ ...written, password: "secret" });
  await right.up();
  await right.stop();
  const inUrl = startMqtt({ topics: ["a"], url: broker.url.replace("//", "//user:secret@") });
  await inUrl.up();
  await inUrl.stop();
  expect(inUrl.reports.join(" ")).not.toContain("secret");
});

it("the status topic says online and offline; when the agent is lost the broker says offline", async () => {
  const broker = await start();
  const watcher = await broker.connect();
  const states: string[] = [];
  watcher.on("message", (_, payload) => states.push(payload.toString()));
  await watcher.subscribeAsync("status", { qos: 1 });
  const written = { url: broker.url, topics: ["a"], client_id: "agent", status: { topic: "status" } };
  const input = startMqtt(written);
  await until("online", () => states.length >= 1);
  await input.stop();
  await until("offline", () => states.length >= 2);
  expect(states).toEqual(["online", "offline"]);

  const lost = startMqtt({ ...written, status: { topic: "status", offline: "gone", retain: "false" } });
  await until("online again", () => states.length >= 3);
  const rival = await broker.connect({ clientId: "agent", reconnectPeriod: 0 });
  await until("the last will", () => states.includes("gone"));
  await lost.stop();
  await rival.endAsync(true);
  await watcher.endAsync();
});

it("what the broker drops is counted", async () => {
  const broker = await start({ maxQueued: 10 });
  const client = await broker.connect({ clientId: "asleep", clean: false });
  await client.subscribeAsync("full", { qos: 1 });
  await client.endAsync();
  const input = startMqtt({ url: broker.url, topics: ["full"] });
  await input.up();
  await until("the broker's first count", () => broker.printed().includes("messages/dropped', ... (1 bytes))"));
  await broker.publish("full", 60);
  await until("the count", () => (input.counts["broker_dropped"] ?? 0) >= 40);
  await until("the messages", () => input.arrivals.length > 0);
  await input.stop();
  expect(input.arrivals.every(({ channel }) => channel === "full")).toBe(true);
});
