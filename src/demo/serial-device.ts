import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import type { Writable } from "node:stream";
import type { Uno } from "./board/uno.ts";

/** A serial port that a board is behind. */
export interface SerialDevice {
  /** What stands under `port` in the configuration. */
  readonly port: string;
  readonly close: () => Promise<void>;
}

/** What the board has sent and nobody has read; more is lost, as on a real line. */
const MOST_UNREAD = 4_096;

/**
 * Connects a board to a TCP port of the loopback address, 0 for one that is free. Connecting resets the board, as opening the port
 * of a real one does; only the last to connect hears it.
 * @throws Error when the port is taken
 */
export async function startTcpDevice(board: Uno, tcpPort = 0): Promise<SerialDevice> {
  let host: Socket | undefined;
  const server = createServer((socket) => {
    host?.destroy();
    host = socket;
    socket.setNoDelay(true);
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk) => board.receive(chunk));
    board.onSend = (bytes) => send(socket, bytes);
    board.reset();
  });
  server.listen(tcpPort, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the loopback address gave no port");
  const close = async () => {
    host?.destroy();
    server.close();
    await once(server, "close");
  };
  return { port: `tcp://127.0.0.1:${address.port}`, close };
}

/** Passes on what a board says, unless nobody reads it. */
export function send(stream: Writable, bytes: Uint8Array): void {
  if (stream.writable && stream.writableLength + bytes.length <= MOST_UNREAD) stream.write(bytes);
}
