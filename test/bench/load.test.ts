import { once } from "node:events";
import { createConnection } from "node:net";
import { type IPublishPacket, type Packet, generate, parser } from "mqtt-packet";
import { describe, expect, it } from "vitest";
import { startLoadBroker, startLoadPublisher } from "../../bench/parts/load.ts";
import { startSink } from "../../bench/parts/sink.ts";
import type { LoadBrokerSettings } from "../../bench/programs/load-broker.ts";
import { PreparedMessages } from "../../bench/programs/prepared-messages.ts";
import { onStage } from "../../bench/harness/stage.ts";
import { startScriptedBroker } from "../parts/scripted-broker.ts";
import { until } from "../parts/program.ts";

const { signal } = new AbortController();

/** A client of the load broker that acknowledges only what it is told to. */
async function subscriber(port: number, qos: 0 | 1) {
  const socket = createConnection(port, "127.0.0.1");
  const messages: IPublishPacket[] = [];
  const packets = parser();
  packets.on("packet", (packet: Packet) => packet.cmd === "publish" && messages.push(packet));
  socket.on("data", (chunk) => packets.parse(chunk));
  await once(socket, "connect");
  socket.write(generate({ cmd: "connect", clientId: "test", protocolId: "MQTT", protocolVersion: 4, clean: true }));
  socket.write(generate({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "#", qos }] }));
  const acknowledge = (...ids: number[]) => {
    for (const messageId of ids) socket.write(generate({ cmd: "puback", messageId }));
  };
  return { messages, acknowledge, stop: async () => void socket.destroy() };
}

const numberOf = ({ payload }: IPublishPacket) => (JSON.parse(payload.toString()) as { seq: number }).seq;

function withBroker(
  settings: LoadBrokerSettings,
  work: (client: Awaited<ReturnType<typeof subscriber>>, send: (count: number) => Promise<unknown>) => Promise<void>,
) {
  return onStage(async (keep) => {
    const load = await keep(startLoadBroker(settings, { signal }));
    const client = await keep(subscriber(load.port, settings.qos ?? 0));
    await load.subscribed(1);
    await work(client, (count) => load.send({ from: 0, count }));
  });
}

describe("the load", () => {
  it("numbers its messages and goes through topics and probes in turn", () =>
    withBroker({ topics: 3, probes: 2 }, async ({ messages }, send) => {
      await send(100_000);
      await until("all messages", () => messages.length === 100_000);
      expect(messages.map(numberOf)).toEqual(Array.from({ length: 100_000 }, (_, index) => 10_000_000 + index));
      expect(messages.slice(0, 4).map(({ topic }) => topic)).toEqual([0, 1, 2, 0].map((n) => `bench/d${n}/state`));
      expect(messages.slice(0, 3).map(({ payload }) => payload.toString().slice(0, 13))).toEqual(
        [0, 1, 0].map((n) => `{"probe":"p${n}"`),
      );
    }));

  it("holds to its window, and gives packet ids in turn", () =>
    withBroker({ qos: 1, window: 5 }, async ({ messages, acknowledge }, send) => {
      const sent = send(8);
      await until("a window", () => messages.length === 5);
      acknowledge(1, 2);
      await until("what there is room for", () => messages.length === 7);
      acknowledge(3, 4, 5, 6, 7);
      await until("the last", () => messages.length === 8);
      acknowledge(8);
      await sent;
      expect(messages.map(({ messageId }) => messageId)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
      expect(new Set(messages.map(numberOf)).size).toBe(8);
    }));

  it("fails when what is not in flight is acknowledged", () =>
    withBroker({ qos: 1, window: 5 }, async ({ messages, acknowledge }, send) => {
      const sent = send(8);
      sent.catch(() => undefined);
      await until("a window", () => messages.length === 5);
      acknowledge(9);
      await expect(sent).rejects.toThrow("packet id 9 was acknowledged and is not in flight");
    }));

  it("is published to a collector that is itself a broker", async () => {
    const broker = await startScriptedBroker();
    const load = await startLoadPublisher({ port: Number(new URL(broker.url).port), topics: 2 }, { signal });
    await load.send({ from: 5, count: 2 });
    const client = await broker.client(0);
    const published = (await client.sent("publish", 2)) as IPublishPacket[];
    expect(published.map(({ topic }) => topic)).toEqual(["bench/d1/state", "bench/d0/state"]);
    expect(published.map(numberOf)).toEqual([10_000_005, 10_000_006]);
    await load.stop();
    await broker.stop();
  });

  it("has payloads of some 70 bytes", () => {
    const into = Buffer.alloc(65_536);
    const { messages, bytes } = new PreparedMessages({}).copy(into, 0, 100, () => 0);
    expect(messages).toBe(100);
    expect(bytes / messages - "bench/d0/state".length - 4).toBeGreaterThan(65);
    expect(bytes / messages - "bench/d0/state".length - 4).toBeLessThan(75);
  });
});

describe("the sink", () => {
  it("counts points, and numbers once", () =>
    onStage(async (keep) => {
      const sink = await keep(startSink({ count: "numbers" }, { signal }));
      const post = async (body: string) => {
        const answer = await fetch(`http://127.0.0.1:${sink.port}/write`, { method: "POST", body });
        expect(answer.status).toBe(204);
      };
      await post("a seq=7,x=1 1\na x=2,seq=8i 2\n");
      await post("a seq=8 3");
      expect(await sink.points(2)).toMatchObject({ requests: 2, points: 3, numbers: 2 });
    }));
});
