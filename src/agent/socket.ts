import { once } from "node:events";
import { chmod, open, rm, stat, utimes } from "node:fs/promises";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { isMainThread } from "node:worker_threads";
import { WrongRequest } from "./answered.ts";
import type { JournalRequest } from "./journal.ts";
import { readLines } from "./lines.ts";
import type { RejectsRequest } from "./rejects.ts";

/**
 * How commands reach a running agent: a Unix socket, mode 0600, that speaks JSON lines. The command sends one request;
 * the agent answers with any number of lines and closes.
 */
export type Request = { readonly command: "hello" | "tap" } | RejectsRequest | JournalRequest;

export type Answer = (request: Request, send: (line: object) => Promise<void>, signal: AbortSignal) => Promise<void>;

const MAX_REQUEST_BYTES = 64 * 1024;
/** How long an agent may take to say who it is. */
const HELLO_MS = 5_000;
/** A lock file that nobody has touched for so long was left behind by a crash. */
const LOCK_MS = 15_000;
const LOCK_RETRY_MS = 50;
/** Nobody listens there, or there is no such file. */
const NOBODY = new Set(["ECONNREFUSED", "ENOENT", "ENOTSOCK"]);

/** Listens for commands. @throws Error naming the running agent when there is one already */
export async function listen(path: string, answer: Answer): Promise<{ close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    void serve(socket, answer);
  });
  await alone(`${path}.lock`, () => takeOver(path, server));
  // A connection that could not be accepted, for want of descriptors, must not end the agent.
  server.on("error", () => undefined);
  return { close: () => close(server, sockets) };
}

/** Of two agents that start at once only one may find a socket that nobody listens on. */
async function takeOver(path: string, server: Server): Promise<void> {
  const running = await askAgent(path, { command: "hello" });
  if (running !== undefined) {
    throw new Error(
      `another agent runs on this data directory: process ${String(running["pid"])}; stop it, or give this one its own agent.data_dir`,
    );
  }
  await rm(path, { force: true });
  listenPrivately(server, path);
  await once(server, "listening");
  await chmod(path, 0o600);
}

/** The socket is made at once, and is its owner's alone from then on; a worker thread has no umask of its own. */
function listenPrivately(server: Server, path: string): void {
  if (!isMainThread) {
    server.listen(path);
    return;
  }
  const before = process.umask(0o177);
  try {
    server.listen(path);
  } finally {
    process.umask(before);
  }
}

/** Runs `task` while no other process does so under the same lock file. */
async function alone<Result>(lock: string, task: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      await (await open(lock, "wx", 0o600)).close();
      break;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === "EEXIST") {
        await waitFor(lock);
        continue;
      }
      throw new Error(
        `cannot write to the data directory: ${message}; set agent.data_dir to a folder you may write to`,
        {
          cause: error,
        },
      );
    }
  }
  // Repairs, for one, may take longer than a lock is believed.
  const hold = setInterval(() => void utimes(lock, new Date(), new Date()).catch(() => undefined), LOCK_MS / 3);
  try {
    return await task();
  } finally {
    clearInterval(hold);
    await rm(lock, { force: true });
  }
}

async function waitFor(lock: string): Promise<void> {
  const made = await stat(lock).catch(() => undefined);
  if (made !== undefined && Math.abs(Date.now() - made.mtimeMs) > LOCK_MS) await rm(lock, { force: true });
  else await sleep(LOCK_RETRY_MS);
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
    for await (const line of readLines(socket, MAX_REQUEST_BYTES)) {
      await answer(JSON.parse(line) as Request, send, gone.signal);
      break;
    }
    socket.end();
  } catch {
    // The command went away, or what it sent is no request.
    socket.destroy();
  }
}

/**
 * The agent's first answer; undefined when no agent listens there.
 * @throws Error when one listens that cannot be asked, or does not answer in time
 */
export async function askAgent(path: string, request: Request): Promise<Record<string, unknown> | undefined> {
  const limit = AbortSignal.timeout(HELLO_MS);
  const socket = await connect(path, limit);
  if (socket === undefined) return undefined;
  for await (const line of requestLines(socket, request, limit)) return line;
  throw new Error(
    `a process listens on ${path} and does not answer: is an agent hanging or stopping? Stop it, or give this one its own agent.data_dir`,
  );
}

/**
 * The agent's answers, line by line, until it has said all, stops, or the signal aborts; none when no agent listens
 * there.
 */
export async function* agentLines(
  path: string,
  request: Request,
  signal: AbortSignal,
): AsyncGenerator<Record<string, unknown>> {
  const socket = await connect(path, signal);
  if (socket !== undefined) yield* requestLines(socket, request, signal);
}

/**
 * Runs `task` while no agent can start on this socket.
 * @throws WrongRequest that names the agent when one runs
 */
export async function withoutAgent<Result>(path: string, task: () => Promise<Result>): Promise<Result> {
  return alone(`${path}.lock`, async () => {
    const running = await askAgent(path, { command: "hello" });
    if (running !== undefined) {
      const pid = String(running["pid"]);
      throw new WrongRequest(`an agent runs on this data directory, process ${pid}: stop it first, then try again`);
    }
    return task();
  });
}

/** @returns undefined when nobody listens there @throws Error when it cannot be reached for another reason */
async function connect(path: string, signal: AbortSignal): Promise<Socket | undefined> {
  const socket = createConnection(path);
  try {
    await once(socket, "connect", { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    const { code = "", message } = error as NodeJS.ErrnoException;
    if (signal.aborted || NOBODY.has(code)) return undefined;
    throw new Error(`cannot ask the agent at ${path}: ${message}; run this as the user that the agent runs as`, {
      cause: error,
    });
  }
}

async function* requestLines(
  socket: Socket,
  request: Request,
  signal: AbortSignal,
): AsyncGenerator<Record<string, unknown>> {
  const end = () => socket.destroy();
  signal.addEventListener("abort", end);
  try {
    // A connection that breaks off is the end of the answers.
    socket.on("error", end);
    socket.write(`${JSON.stringify(request)}\n`);
    for await (const line of readLines(socket)) yield JSON.parse(line) as Record<string, unknown>;
  } finally {
    signal.removeEventListener("abort", end);
    socket.destroy();
  }
}
