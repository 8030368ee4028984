import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { type IConnectPacket, generate, type Packet, parser } from "mqtt-packet";
import { until } from "./program.ts";

/** One client that has connected. */
export interface ScriptedClient {
  /** All packets that it sent, CONNECT first. */
  readonly packets: Packet[];
  readonly connect: IConnectPacket;
  readonly socket: Socket;
  readonly send: (...packets: Packet[]) => void;
  /** The packets of a kind that it sent, once there are so many. */
  readonly sent: (cmd: Packet["cmd"], count: number) => Promise<readonly Packet[]>;
}

/** A server that speaks MQTT over TCP and says what a test wants it to say. */
export interface ScriptedBroker {
  readonly url: string;
  /** The client that connected as the nth, from 0. */
  readonly client: (index: number) => Promise<ScriptedClient>;
  readonly stop: () => Promise<void>;
}

/** What it answers to a packet; nothing when it gives undefined. */
export type Script = (packet: Packet, clients: number) => Packet | undefined;

/** A broker that accepts, grants and answers pings. */
export function agreeable(packet: Packet): Packet | undefined {
  if (packet.cmd === "connect") return { cmd: "connack", sessionPresent: false, returnCode: 0, reasonCode: 0 };
  if (packet.cmd === "subscribe")
    return { cmd: "suback", messageId: packet.messageId ?? 0, granted: packet.subscriptions.map(({ qos }) => qos) };
  if (packet.cmd === "unsubscribe") return { cmd: "unsuback", messageId: packet.messageId ?? 0, granted: [] };
  return packet.cmd === "pingreq" ? { cmd: "pingresp" } : undefined;
}

/** Starts it on loopback. */
export async function startScriptedBroker(script: Script = agreeable): Promise<ScriptedBroker> {
  const clients: ScriptedClient[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    serve(socket, (packet) => script(packet, clients.length), clients);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  return {
    url: `mqtt://127.0.0.1:${port}`,
    client: async (index) => {
      await until(`client ${index}`, () => clients.length > index);
      return clients[index] as ScriptedClient;
    },
    stop: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}

function serve(socket: Socket, script: (packet: Packet) => Packet | undefined, clients: ScriptedClient[]): void {
  const packets: Packet[] = [];
  let options = {};
  const packetParser = parser({});
  const send = (...more: Packet[]) => {
    if (socket.writable) socket.write(Buffer.concat(more.map((packet) => generate(packet, options))));
  };
  packetParser.on("packet", (packet: Packet) => {
    packets.push(packet);
    if (packet.cmd === "connect") {
      options = { protocolVersion: packet.protocolVersion };
      const sent = async (cmd: Packet["cmd"], count: number) => {
        await until(`${count} ${cmd}`, () => packets.filter((one) => one.cmd === cmd).length >= count);
        return packets.filter((one) => one.cmd === cmd);
      };
      clients.push({ packets, connect: packet, socket, send, sent });
    }
    const answer = script(packet);
    if (answer !== undefined) send(answer);
  });
  packetParser.on("error", () => socket.destroy());
  socket.on("data", (chunk: Buffer) => packetParser.parse(chunk));
}
