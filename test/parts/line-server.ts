import { once } from "node:events";
import { createServer, type Socket } from "node:net";

/** A board behind a network bridge, for `port: tcp://127.0.0.1:PORT`. */
export interface LineServer {
  readonly port: number;
  /** How often somebody has connected. */
  readonly connections: () => number;
  /** Sends each line to everybody who is connected. */
  readonly send: (lines: readonly string[]) => void;
  readonly remove: () => Promise<void>;
}

/** Listens on loopback. Each connection begins in the middle of a line, as that to a running board does. */
export async function startLineServer(): Promise<LineServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.write("e of a line\n");
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the loopback address gave no port");
  return {
    port: address.port,
    connections: () => connections,
    send: (lines) => {
      for (const socket of sockets) socket.write(lines.map((line) => `${line}\n`).join(""));
    },
    remove: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
