import { setTimeout as sleep } from "node:timers/promises";
import type { IPublishPacket, Packet } from "mqtt-packet";
import { afterEach, describe, expect, it } from "vitest";
import { startMqtt } from "../../../test/parts/mqtt-input.ts";
import { until } from "../../../test/parts/program.ts";
import {
  agreeable,
  type Script,
  type ScriptedBroker,
  startScriptedBroker,
} from "../../../test/parts/scripted-broker.ts";

let broker: ScriptedBroker | undefined;
afterEach(() => broker?.stop());

async function start(script?: Script): Promise<ScriptedBroker> {
  broker = await startScriptedBroker(script);
  return broker;
}

function publish(messageId: number, more: Partial<IPublishPacket> = {}): Packet {
  const qos = messageId === 0 ? 0 : 1;
  return { cmd: "publish", topic: "a", payload: String(messageId), qos, messageId, dup: false, retain: false, ...more };
}

const SESSION: Packet = { cmd: "connack", sessionPresent: true, returnCode: 0 };
/** Answers as a broker that remembers the client from its second connection on. */
const remembering: Script = (packet, clients) =>
  packet.cmd === "connect" && clients > 1 ? SESSION : agreeable(packet);
const idsOf = (packets: readonly Packet[]) => packets.map((packet) => ("messageId" in packet ? packet.messageId : 0));

describe("acknowledgements", () => {
  it("leave in the order of arrival, each after its message is durable, though groups end in another order", async () => {
    const { url, client } = await start();
    const syncs: PromiseWithResolvers<void>[] = [];
    const sync = () => {
      syncs.push(Promise.withResolvers<void>());
      return syncs.at(-1)?.promise ?? Promise.resolve();
    };
    const input = startMqtt({ url, topics: ["a"] }, { sync });
    await input.up();
    const sender = await client(0);
    for (const id of [1, 2, 3]) {
      sender.send(publish(id), publish(id + 10));
      await until("the group", () => syncs.length >= id);
    }
    syncs[1]?.resolve();
    syncs[2]?.resolve();
    await sleep(50);
    expect(sender.packets.some(({ cmd }) => cmd === "puback")).toBe(false);
    syncs[0]?.resolve();
    expect(idsOf(await sender.sent("puback", 6))).toEqual([1, 11, 2, 12, 3, 13]);
    await input.stop();
  });

  it("never leave on another connection than the message came on", async () => {
    const { url, client } = await start(remembering);
    const durable = Promise.withResolvers<void>();
    const input = startMqtt({ url, topics: ["a"] }, { sync: () => durable.promise });
    await input.up();
    const first = await client(0);
    first.send(publish(1));
    await until("the message", () => input.arrivals.length > 0);
    first.socket.destroy();
    const second = await client(1);
    await input.up(2);
    durable.resolve();
    second.send(publish(2));
    expect(idsOf(await second.sent("puback", 1))).toEqual([2]);
    await input.stop();
    expect(idsOf(second.packets.filter(({ cmd }) => cmd === "puback"))).toEqual([2]);
  });

  it("of QoS 2 come in their two steps, and what comes again before its release is journaled once", async () => {
    const { url, client } = await start(remembering);
    const input = startMqtt({ url, topics: ["a"], qos: "2" });
    await input.up();
    const first = await client(0);
    first.send(publish(5, { qos: 2 }));
    await first.sent("pubrec", 1);
    first.send(publish(5, { qos: 2, dup: true }));
    await first.sent("pubrec", 2);
    first.socket.destroy();
    const second = await client(1);
    second.send(publish(5, { qos: 2, dup: true }));
    await second.sent("pubrec", 1);
    expect(input.arrivals).toHaveLength(1);
    second.send({ cmd: "pubrel", messageId: 5 });
    expect(idsOf(await second.sent("pubcomp", 1))).toEqual([5]);
    second.send(publish(5, { qos: 2 }));
    await second.sent("pubrec", 2);
    await input.stop();
    expect(input.arrivals).toHaveLength(2);
  });

  it("of QoS 2 come for what could not be journaled at first, when it comes again", async () => {
    const { url, client } = await start(remembering);
    const syncs = [Promise.reject(new Error("too large")), Promise.resolve()];
    syncs[0]?.catch(() => {});
    const input = startMqtt({ url, topics: ["a"], qos: "2" }, { sync: () => syncs.shift() ?? Promise.resolve() });
    await input.up();
    (await client(0)).send(publish(1, { qos: 2 }));
    const second = await client(1);
    second.send(publish(1, { qos: 2, dup: true }));
    expect(idsOf(await second.sent("pubrec", 1))).toEqual([1]);
    expect(input.texts()).toEqual(["1", "1"]);
    await input.stop();
  });

  it("wait at a clean stop for what is not yet durable; then comes the DISCONNECT", async () => {
    const { url, client } = await start();
    const durable = Promise.withResolvers<void>();
    const input = startMqtt({ url, topics: ["a"] }, { sync: () => durable.promise });
    await input.up();
    const sender = await client(0);
    sender.send(publish(1));
    await until("the message", () => input.arrivals.length > 0);
    const stopped = input.stop();
    sender.send(publish(2));
    await sleep(50);
    durable.resolve();
    await stopped;
    expect(input.arrivals).toHaveLength(1);
    expect(sender.packets.slice(-2).map(({ cmd }) => cmd)).toEqual(["puback", "disconnect"]);
  });
});

describe("a message sent again", () => {
  it("takes the first one's time only when packet id, topic and payload are the same and it is marked", async () => {
    const { url, client } = await start(remembering);
    const input = startMqtt({ url, topics: ["#"] });
    await input.up();
    const first = await client(0);
    first.send(publish(1), publish(2), publish(3), publish(4));
    await first.sent("puback", 4);
    first.socket.destroy();
    const second = await client(1);
    const dup = true;
    second.send(publish(1, { dup }), publish(2, { dup, payload: "x" }), publish(3, { dup, topic: "b" }), publish(4));
    await second.sent("puback", 4);
    await input.stop();
    const times = input.arrivals.map(({ time }) => `${time.seconds}.${time.nanos}`);
    expect(times[4]).toBe(times[0]);
    expect(new Set(times).size).toBe(7);
  });

  it("is new when the one like it was acknowledged three answered pings ago", async () => {
    const { url, client } = await start(remembering);
    const input = startMqtt({ url, topics: ["a"], keepalive: "1s" });
    await input.up();
    const first = await client(0);
    first.send(publish(1));
    await first.sent("pingreq", 4);
    first.send(publish(2));
    await first.sent("puback", 2);
    first.socket.destroy();
    const second = await client(1);
    second.send(publish(1, { dup: true }), publish(2, { dup: true }));
    await second.sent("puback", 2);
    await input.stop();
    const times = input.arrivals.map(({ time }) => `${time.seconds}.${time.nanos}`);
    expect(times[3]).toBe(times[1]);
    expect(new Set(times).size).toBe(3);
  });

  it("is new when the broker has forgotten the session", async () => {
    const { url, client } = await start();
    const input = startMqtt({ url, topics: ["a"], qos: "2" });
    await input.up();
    const first = await client(0);
    first.send(publish(1), publish(2, { qos: 2 }));
    await first.sent("pubrec", 1);
    first.socket.destroy();
    const second = await client(1);
    await input.up(2);
    second.send(publish(1, { dup: true }), publish(2, { qos: 2, dup: true }));
    await second.sent("pubrec", 1);
    await input.stop();
    expect(new Set(input.arrivals.map(({ time }) => `${time.seconds}.${time.nanos}`)).size).toBe(4);
  });
});

describe("a broker that does not behave", () => {
  it.each([
    ["a PUBLISH has packet id 0", Buffer.from([0x32, 5, 0, 1, 97, 0, 0])],
    ["a PUBLISH has no topic", Buffer.from([0x30, 2, 0, 0])],
    ["more than four bytes", Buffer.from([0x30, 255, 255, 255, 255, 1])],
    ["a packet of type 9 has", Buffer.from([0x90, 255, 255, 255, 1])],
    ["a PUBREL has no packet id", Buffer.from([0x62, 0])],
  ])("is left and tried again: %s", async (reason, bytes) => {
    const { url, client } = await start();
    const input = startMqtt({ url, topics: ["a"] });
    await input.up();
    const first = await client(0);
    first.send(publish(1));
    await first.sent("puback", 1);
    first.socket.write(bytes);
    expect(await input.down()).toContain(reason);
    await input.up(2);
    await input.stop();
    expect(input.arrivals).toHaveLength(1);
  });

  it("is told from one that has gone away", async () => {
    const { url, client } = await start((packet) => (packet.cmd === "connect" ? undefined : agreeable(packet)));
    const input = startMqtt({ url, topics: ["a"], connect_timeout: "200ms" });
    expect(await input.down()).toContain("is it a broker");
    await client(1);
    await input.stop();
  });

  it("closes the connection without a word: what to look at depends on whether it had answered", async () => {
    const { url, client } = await start();
    const input = startMqtt({ url, topics: ["a"] });
    await input.up();
    (await client(0)).socket.end();
    expect(await input.down()).toMatch(/the broker closed it; .*another client.*client_id/);
    await input.stop();
    await broker?.stop();
    const silent = await start(() => undefined);
    const unheard = startMqtt({ url: silent.url, topics: ["a"] });
    (await silent.client(0)).socket.end();
    expect(await unheard.down()).toMatch(/closed before the broker answered; .*TLS/);
    await unheard.stop();
  });

  it("refuses topics: which and why is told, the others work", async () => {
    const { url, client } = await start((packet) =>
      packet.cmd === "subscribe" && packet.subscriptions.length === 3
        ? { cmd: "suback", messageId: packet.messageId ?? 0, granted: [1, 135, 0] }
        : agreeable(packet),
    );
    const input = startMqtt({ url, topics: ["a", "secret/{x}", "low"], version: "5" });
    expect(await input.down()).toMatch(/refuses the subscription to secret\/\+ \(not authorized\): its access list/);
    const sender = await client(0);
    sender.send(publish(1));
    await sender.sent("puback", 1);
    await input.stop();
    expect(input.log).toEqual(["warn: the broker delivers with a lower QoS than asked for: messages may be lost"]);
  });

  it("ends connections that ask for its statistics: it is not asked again", async () => {
    const { url, client } = await start((packet) => {
      const statistics = packet.cmd === "subscribe" && packet.subscriptions[0]?.topic.startsWith("$SYS") === true;
      return statistics ? { cmd: "disconnect" } : agreeable(packet);
    });
    const input = startMqtt({ url, topics: ["a"] });
    const first = await client(0);
    await first.sent("subscribe", 2);
    first.socket.destroy();
    const second = await client(1);
    await input.up(2);
    second.send(publish(1));
    await second.sent("puback", 1);
    await input.stop();
    expect(second.packets.filter(({ cmd }) => cmd === "subscribe")).toHaveLength(1);
  });

  it("refuses the status topic: that is told, and no more", async () => {
    const { url, client } = await start((packet) =>
      packet.cmd === "publish"
        ? { cmd: "puback", messageId: packet.messageId ?? 0, reasonCode: 135 }
        : agreeable(packet),
    );
    const input = startMqtt({ url, topics: ["a"], version: "5", status: { topic: "status" } });
    await until("a warning", () => input.log.length > 0);
    const sender = await client(0);
    sender.send(publish(1));
    await sender.sent("puback", 1);
    await input.stop();
    expect(input.log[0]).toContain("the status could not be published");
    expect(input.reports).toHaveLength(1);
  });

  it("says why it ends an MQTT 5 connection", async () => {
    const { url, client } = await start();
    const input = startMqtt({ url, topics: ["a"], version: "5" });
    await input.up();
    const { send, socket } = await client(0);
    send({ cmd: "disconnect", reasonCode: 0x8e });
    socket.end();
    expect(await input.down()).toContain("another client uses the same client_id");
    await input.stop();
  });
});

describe("MQTT 5", () => {
  it("topic aliases stand for topics on their connection", async () => {
    const { url, client } = await start();
    const input = startMqtt({ url, topics: ["#"], version: "5", max_in_flight: "50", session_expiry: "1h" });
    await input.up();
    const { connect, send } = await client(0);
    expect(connect).toMatchObject({
      clean: false,
      properties: { topicAliasMaximum: 256, receiveMaximum: 50, sessionExpiryInterval: 3600 },
    });
    const alias = { properties: { topicAlias: 7 } };
    send(publish(1, { topic: "long/topic", ...alias }), publish(2, { topic: "", ...alias }));
    await until("both", () => input.arrivals.length >= 2);
    expect(input.arrivals.map(({ channel }) => channel)).toEqual(["long/topic", "long/topic"]);
    send(publish(3, { topic: "", properties: { topicAlias: 8 } }));
    expect(await input.down()).toContain("topic alias 8, which stands for nothing");
    await input.stop();
  });
});

describe("while the disk is slow", () => {
  it("nothing more is read than may be in flight, and the connection stays alive by its pings", async () => {
    const { url, client } = await start((packet) => (packet.cmd === "pingreq" ? undefined : agreeable(packet)));
    const durable = Promise.withResolvers<void>();
    const written = { url, topics: ["a"], max_in_flight: "10", keepalive: "1s" };
    const input = startMqtt(written, { sync: () => durable.promise });
    await input.up();
    const sender = await client(0);
    const payload = "x".repeat(100_000);
    for (let id = 1; id <= 200; id++) sender.send(publish(id, { payload }));
    await sender.sent("pingreq", 3);
    expect(input.arrivals.length).toBeLessThan(30);
    expect(input.reports).toHaveLength(1);
    durable.resolve();
    await sender.sent("puback", 200);
    await input.stop();
    expect(input.arrivals).toHaveLength(200);
  });

  it("no more of QoS 0 is read than the journal lets wait of it, and none is lost", async () => {
    const { url, client } = await start();
    const durable = Promise.withResolvers<void>();
    const input = startMqtt({ url, topics: ["a"] }, { sync: () => durable.promise });
    await input.up();
    const sender = await client(0);
    const payload = "x".repeat(100_000);
    for (let message = 0; message < 100; message++) sender.send(publish(0, { payload }));
    await until("as much as may wait", () => input.arrivals.length > 15);
    await sleep(100);
    expect(input.arrivals.length).toBeLessThan(50);
    durable.resolve();
    await until("the rest", () => input.arrivals.length === 100);
    await input.stop();
  });
});

it("aborted at any time it ends, and leaves no socket and no timer", async () => {
  const { url } = await start();
  const open = () =>
    process.getActiveResourcesInfo().filter((name) => /TCPSocketWrap|TLSWrap|TCPConnectWrap|Timeout/.test(name)).length;
  const before = open();
  for (const wait of [0, 0, 1, 2, 3, 5, 8, 12, 20, 40]) {
    const runs = [url, url.replace("mqtt", "ws"), "mqtt://127.0.0.1:1"].map((address) =>
      startMqtt({ url: address, topics: ["a"], status: { topic: "s", qos: "0" } }),
    );
    if (wait > 0) await sleep(wait);
    await Promise.all(runs.map((run) => run.stop()));
    expect(runs.flatMap((run) => run.arrivals)).toEqual([]);
  }
  await until("everything to be let go", () => open() <= before);
});
