/** Subscribes and throws away all that comes, acknowledging at QoS 1 what it must: to measure the load broker alone. */
import { once } from "node:events";
import { createConnection } from "node:net";
import { serve, settingsOf } from "./control.ts";
import { Frames, mqttText, packet, TYPE } from "./mqtt-frames.ts";

export interface DiscardingClientSettings {
  readonly port: number;
  readonly qos: 0 | 1;
}

const CLEAN = 2;

const { port, qos } = settingsOf() as DiscardingClientSettings;
const subscribed = Promise.withResolvers<void>();
const socket = createConnection({ port, host: "127.0.0.1", noDelay: true });
let acknowledgements = Buffer.allocUnsafe(0);
let used = 0;
const frames = new Frames((bytes, start, body) => {
  const type = (bytes[start] ?? 0) >> 4;
  if (type !== TYPE.publish) return subscribed.resolve();
  const idAt = body + 2 + bytes.readUInt16BE(body);
  used = acknowledgements.writeUInt32BE(0x40020000 + bytes.readUInt16BE(idAt), used);
});
socket.on("data", (chunk) => {
  if (qos === 0) return subscribed.resolve();
  // No more messages than a quarter of its bytes can end in a chunk.
  acknowledgements = Buffer.allocUnsafe(chunk.length + 4);
  used = 0;
  frames.push(chunk);
  if (used > 0) socket.write(acknowledgements.subarray(0, used));
});
await once(socket, "connect");
socket.write(packet(0x10, mqttText("MQTT"), [4, CLEAN, 0, 0], mqttText("discard")));
socket.write(packet(0x82, [0, 1], mqttText("#"), [qos]));
await subscribed.promise;
await serve({}, () => undefined);
