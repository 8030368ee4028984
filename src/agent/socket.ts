import { once } from "node:events";
import { chmod, rm } from "node:fs/promises";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { createInterface } from "node:readline";

/**
 * How commands reach a running agent: a Unix socket, mode 0600, that speaks JSON lines. The command sends one request;
 * the agent answers with any number of lines and closes.
 */
export interface Request {
  readonly command: "hello" | "tap";
}

export type Answer = (request: Request, send: (line: object) => Promise<void>, signal: AbortSignal) => Promise<void>;

/** Listens for commands. @throws Error naming the running agent when there is one already */
export async function listen(path: string, answer: Answer): Promise<{ close(): Promise<void> }> {
  const running = await askAgent(path, { command: "hello" });
  if (running !== undefined) {
    throw new Error(
      `another agent runs on this data directory: process ${String(running["pid"])}; stop it, or give this one its own agent.data_dir`,
    );
  }
  await rm(path, { force: true });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    void serve(socket, answer);
  });
  server.listen(path);
  await once(server, "listening");
  await chmod(path, 0o600);
  return { close: () => close(server, sockets) };
}

async function close(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  server.close();
  await once(server, "close");
}

async function serve(socket: Socket, answer: Answer): Promise<void> {
  const gone = new AbortController();
  socket.on("close", () => gone.abort());
  socket.on("error", () => gone.abort());
  const send = async (line: object) => {
    if (!socket.write(`${JSON.stringify(line)}\n`)) await once(socket, "drain", { signal: gone.signal });
  };
  try {
    for await (const line of createInterface({ input: socket })) {
      await answer(JSON.parse(line) as Request, send, gone.signal);
      break;
    }
    socket.end();
  } catch {
    // The command went away, or what it sent is no request.
    socket.destroy();
  }
}

/** The agent's first answer; undefined when no agent listens there. */
export async function askAgent(path: string, request: Request): Promise<Record<string, unknown> | undefined> {
  for await (const line of requestLines(path, request, AbortSignal.timeout(5_000))) return line;
  return undefined;
}

/** The agent's answers, line by line; none when no agent listens there. */
export async function* requestLines(
  path: string,
  request: Request,
  signal: AbortSignal,
): AsyncGenerator<Record<string, unknown>> {
  const socket = createConnection(path);
  const end = () => socket.destroy();
  signal.addEventListener("abort", end);
  try {
    socket.on("error", end);
    await once(socket, "connect", { signal }).catch(() => undefined);
    if (socket.destroyed || socket.connecting) return;
    socket.write(`${JSON.stringify(request)}\n`);
    for await (const line of createInterface({ input: socket })) yield JSON.parse(line) as Record<string, unknown>;
  } finally {
    signal.removeEventListener("abort", end);
    socket.destroy();
  }
}
