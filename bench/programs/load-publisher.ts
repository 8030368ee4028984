/** The same load the other way round: a client that publishes to a broker, for a collector that is itself one. */
import { once } from "node:events";
import { createConnection } from "node:net";
import { serve, settingsOf } from "./control.ts";
import type { LoadRequest, Sent } from "./load-broker.ts";
import { MessageSender } from "./message-sender.ts";
import { Frames, mqttText, packet, TYPE } from "./mqtt-frames.ts";
import { type MessageShape, PreparedMessages } from "./prepared-messages.ts";

export interface LoadPublisherSettings extends MessageShape {
  readonly port: number;
  readonly window?: number;
}

const KEEPALIVE_S = 0;

const settings = settingsOf() as LoadPublisherSettings;
const messages = new PreparedMessages(settings);
const socket = createConnection({ port: settings.port, host: "127.0.0.1", noDelay: true });
await once(socket, "connect");
const sender = new MessageSender(socket, messages, settings.qos === 1 ? (settings.window ?? 20) : undefined);
const accepted = Promise.withResolvers<void>();
const frames = new Frames((bytes, start, body) => {
  const type = (bytes[start] ?? 0) >> 4;
  if (type === TYPE.connack && bytes[body + 1] === 0) accepted.resolve();
  else if (type === TYPE.connack) accepted.reject(new Error(`the broker refuses with ${bytes[body + 1]}`));
  else if (type === TYPE.puback) sender.acknowledged(bytes.readUInt16BE(body));
});
socket.on("data", (chunk) => frames.push(chunk));
const { version = 4 } = settings;
const CLEAN = 2;
const head = [version, CLEAN, 0, KEEPALIVE_S, ...(version === 5 ? [0] : [])];
socket.write(packet(0x10, mqttText("MQTT"), head, mqttText("fieldline-load")));
await accepted.promise;

await serve({}, async (request: LoadRequest) => {
  if ("subscribed" in request) return undefined;
  const begunAt = Date.now();
  const begun = performance.now();
  await sender.send(request.send);
  return { seconds: (performance.now() - begun) / 1_000, begunAt } satisfies Sent;
});
