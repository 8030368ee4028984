import { readFile } from "node:fs/promises";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { ConnectionOptions } from "node:tls";
import type { BrokerUrl } from "./broker-url.ts";
import type { MqttSettings } from "./settings.ts";

/** A whole packet of MQTT may come in one message of a WebSocket. */
const MAX_MESSAGE = 268_435_460;

/**
 * Begins a connection to the broker; what is written before it is there waits. Certificates are read anew each time,
 * so that renewed ones are used.
 * @throws Error that names the file that cannot be read
 */
export async function openSocket(broker: BrokerUrl, tls: MqttSettings["tls"]): Promise<Duplex> {
  const secured = broker.secure ? await tlsOptions(broker, tls) : {};
  if (broker.transport === "websocket") return openWebSocket(broker, secured);
  const { host, port } = broker;
  const socket = broker.secure ? await connectTls({ ...secured, host, port }) : connectTcp({ host, port });
  socket.setNoDelay(true);
  return socket;
}

/** Loading node:tls takes 9 ms and 4 MB. */
async function connectTls(options: ConnectionOptions): Promise<Socket> {
  const { connect } = await import("node:tls");
  return connect(options);
}

async function openWebSocket(broker: BrokerUrl, secured: ConnectionOptions): Promise<Duplex> {
  const { createWebSocketStream, WebSocket } = await import("ws");
  const { secure, host, port, path } = broker;
  const address = `${secure ? "wss" : "ws"}://${host.includes(":") ? `[${host}]` : host}:${port}${path}`;
  const socket = new WebSocket(address, ["mqtt"], {
    ...secured,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE,
  });
  return createWebSocketStream(socket);
}

async function tlsOptions({ host }: BrokerUrl, tls: MqttSettings["tls"]): Promise<ConnectionOptions> {
  const read = async (name: "ca" | "cert" | "key") => {
    const path = tls?.[name];
    if (path === undefined) return {};
    try {
      return { [name]: await readFile(path) };
    } catch (error) {
      throw new Error(`the file of tls.${name} cannot be read: ${(error as Error).message}`, { cause: error });
    }
  };
  const servername = tls?.server_name ?? (isIP(host) === 0 ? host : undefined);
  return {
    ...(await read("ca")),
    ...(await read("cert")),
    ...(await read("key")),
    ...(tls?.passphrase === undefined ? {} : { passphrase: tls.passphrase }),
    ...(servername === undefined ? {} : { servername }),
    rejectUnauthorized: tls?.verify ?? true,
  };
}
