import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import type { Writable } from "node:stream";

export interface SerialDevice {
  /** What stands under `port` in the configuration. */
  readonly port: string;
  readonly write: (text: string) => void;
  close(): Promise<void>;
}

/** A serial device without hardware: a pseudo-terminal where socat can make one, else a TCP port. */
export async function startSerialDevice(folder: string): Promise<SerialDevice> {
  return (await startPseudoTerminal(join(folder, "ttyFIREBOX"))) ?? startTcpDevice();
}

async function startPseudoTerminal(path: string): Promise<SerialDevice | undefined> {
  const socat = spawn("socat", ["-d", "-d", `pty,raw,echo=0,link=${path}`, "stdio"], {
    stdio: ["pipe", "ignore", "pipe"],
  });
  // It ends by itself when the port is closed, and by Ctrl-C.
  const ended = new Promise<void>((resolve) => {
    socat.on("error", () => resolve());
    socat.on("exit", () => resolve());
  });
  const ready = new Promise<boolean>((resolve) => {
    void ended.then(() => resolve(false));
    socat.stderr.on("data", (chunk: Buffer) => {
      if (chunk.includes("starting data transfer")) resolve(true);
    });
  });
  if (!(await ready)) return undefined;
  const close = async () => {
    socat.kill();
    await ended;
  };
  return { port: path, write: writer(socat.stdin), close };
}

async function startTcpDevice(): Promise<SerialDevice> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the loopback address gave no port");
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  };
  const write = (text: string) => {
    for (const socket of sockets) socket.write(text);
  };
  return { port: `tcp://127.0.0.1:${address.port}`, write, close };
}

/** Writes while somebody can read, as a board does: nobody hears what it says meanwhile. */
function writer(stream: Writable): (text: string) => void {
  stream.on("error", () => undefined);
  return (text) => {
    if (stream.writable && stream.writableLength === 0) stream.write(text);
  };
}
