/**
 * A broker that does nothing but send: it accepts every client and every subscription, and sends prepared messages to
 * those that have subscribed, when it is asked to.
 */
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { serve, settingsOf } from "./control.ts";
import { MessageSender, type Sending } from "./message-sender.ts";
import { Frames, packet, TYPE } from "./mqtt-frames.ts";
import { type MessageShape, PreparedMessages } from "./prepared-messages.ts";

export interface LoadBrokerSettings extends MessageShape {
  /** QoS 1: how many messages may wait for their acknowledgement on each connection. */
  readonly window?: number;
}

/**
 * `subscribed` is answered when so many connections have subscribed; `send` when all messages are sent or, with QoS 1,
 * acknowledged. They are shared out evenly to all connections that have subscribed.
 */
export type LoadRequest = { readonly subscribed: number } | { readonly send: Sending };

/** The answer to `send`. */
export interface Sent {
  /** From the first message to the last one taken by the system or, with QoS 1, acknowledged. */
  readonly seconds: number;
  /** When the first was sent, in milliseconds since 1970. */
  readonly begunAt: number;
}

const settings = settingsOf() as LoadBrokerSettings;
const window = (settings.qos ?? 0) === 0 ? undefined : (settings.window ?? 20);
const messages = new PreparedMessages(settings);
const subscribers = new Set<MessageSender>();
let onSubscriber = () => {};

const server = createServer({ noDelay: true }, accept).listen(0, "127.0.0.1");
await once(server, "listening");
await serve({ port: (server.address() as AddressInfo).port }, async (request: LoadRequest) => {
  if ("subscribed" in request) return subscribed(request.subscribed);
  return send(request.send);
});

function accept(socket: Socket): void {
  const sender = new MessageSender(socket, messages, window);
  let version = 4;
  const frames = new Frames((bytes, start, body, end) => {
    const type = (bytes[start] ?? 0) >> 4;
    // The protocol's level follows its name, which is "MQTT".
    if (type === TYPE.connect) version = bytes[body + 6] ?? 4;
    if (type === TYPE.puback) sender.acknowledged(bytes.readUInt16BE(body));
    else answer(socket, version, type, bytes.subarray(body, end));
    if (type === TYPE.subscribe && !isOfBroker(bytes, body, version)) {
      subscribers.add(sender);
      onSubscriber();
    }
  });
  socket.on("data", (chunk) => frames.push(chunk));
  socket.on("error", () => socket.destroy());
  socket.on("close", () => subscribers.delete(sender));
}

function answer(socket: Socket, version: number, type: number, body: Buffer): void {
  const properties = version === 5 ? [0] : [];
  if (type === TYPE.connect) socket.write(packet(0x20, [0, 0], properties));
  if (type === TYPE.subscribe) socket.write(packet(0x90, body.subarray(0, 2), properties, grantedTo(body, version)));
  if (type === TYPE.unsubscribe) socket.write(packet(0xb0, body.subarray(0, 2), properties, version === 5 ? [0] : []));
  if (type === TYPE.pingreq) socket.write(packet(0xd0));
}

/** Every filter of a SUBSCRIBE gets what it asks for, and no more than the messages have. */
function grantedTo(body: Buffer, version: number): number[] {
  const granted: number[] = [];
  for (let at = filtersAt(body, version); at < body.length;) {
    at += 2 + body.readUInt16BE(at) + 1;
    granted.push(Math.min((body[at - 1] ?? 0) & 3, settings.qos ?? 0));
  }
  return granted;
}

/** Behind the packet id and, in MQTT 5, the properties, which are short here. */
function filtersAt(body: Buffer, version: number): number {
  return version === 5 ? 3 + (body[2] ?? 0) : 2;
}

/** Whether the first filter of a SUBSCRIBE asks for what a broker says of itself, as `$SYS/#` does. */
function isOfBroker(bytes: Buffer, body: number, version: number): boolean {
  const at = body + filtersAt(bytes.subarray(body), version) + 2;
  return bytes.toString("latin1", at, at + 4) === "$SYS";
}

async function subscribed(count: number): Promise<void> {
  while (subscribers.size < count) await new Promise<void>((resolve) => (onSubscriber = resolve));
}

async function send({ from, count, rate }: Sending): Promise<Sent> {
  if (subscribers.size === 0) throw new Error("nobody has subscribed");
  const senders = [...subscribers];
  const shares = senders.map((_, index) => Math.floor((count * index) / senders.length));
  const begunAt = Date.now();
  const begun = performance.now();
  await Promise.all(
    senders.map((sender, index) => {
      const begin = shares[index] ?? 0;
      const share = (shares[index + 1] ?? count) - begin;
      return sender.send({ from: from + begin, count: share, rate: rate === undefined ? rate : rate / senders.length });
    }),
  );
  return { seconds: (performance.now() - begun) / 1_000, begunAt };
}
