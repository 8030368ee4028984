import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer, type ServerOptions } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { text } from "node:stream/consumers";
import { createGunzip } from "node:zlib";

/** One request that came whole. */
export interface SinkRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  /** After gunzip. */
  readonly body: string;
  /** The body's lines, without empty ones; of a string field with a line feed it makes two. */
  readonly lines: readonly string[];
  /** Which connection it came on, from 1. */
  readonly connection: number;
}

/** An HTTP answer. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text as it is, anything else as JSON. */
  readonly body?: unknown;
  /** The lines of the request that the sink keeps; left out: all on a 2xx, none on any other status. */
  readonly keeps?: readonly string[];
}

/**
 * What a sink does with a request: answers, or `stall` (never answers), `reset` (breaks the connection off),
 * `cut` (promises a longer answer than it sends, then closes), `garbage` (answers what is not HTTP).
 */
export type Answer = Reply | "stall" | "reset" | "cut" | "garbage";

export interface HttpSink {
  /** `http://127.0.0.1:PORT`, or https; the same after a restart. */
  readonly url: string;
  /** Every request, in the order in which they came. */
  readonly requests: readonly SinkRequest[];
  /** The lines that it took, in order, with those sent twice. */
  readonly lines: readonly string[];
  /** Answers the next requests with these, one each, before what `always` says. */
  readonly next: (...answers: readonly Answer[]) => void;
  /** Answers all further requests so; at first 204. */
  readonly always: (answer: Answer | ((request: SinkRequest) => Answer)) => void;
  /** Connections open now. */
  readonly open: () => number;
  /** Connections made since the first start. */
  readonly connections: () => number;
  /** Closes the port and breaks every connection off. */
  readonly stop: () => Promise<void>;
  /** Listens again on the same port, after `stop`. */
  readonly start: () => Promise<void>;
}

/** Starts a store of the test's own on loopback, which takes any path; with `tls` it speaks https. */
export async function startHttpSink(tls?: ServerOptions): Promise<HttpSink> {
  const requests: SinkRequest[] = [];
  const lines: string[] = [];
  const scripted: Answer[] = [];
  const sockets = new Map<Socket, number>();
  let usual: (request: SinkRequest) => Answer = takeAll;
  let made = 0;

  const take = async (incoming: IncomingMessage, response: ServerResponse) => {
    const request = await readRequest(incoming, sockets.get(incoming.socket) ?? 0);
    requests.push(request);
    const answer = scripted.shift() ?? usual(request);
    if (typeof answer === "object") lines.push(...(answer.keeps ?? (isSuccess(answer) ? request.lines : [])));
    respond(answer, response);
  };
  // A request that breaks off half way has nobody to answer to.
  const listener = (incoming: IncomingMessage, response: ServerResponse) =>
    void take(incoming, response).catch(() => incoming.destroy());
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  server.on(tls === undefined ? "connection" : "secureConnection", (socket: Socket) => {
    made += 1;
    sockets.set(socket, made);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });

  let port = 0;
  const start = async () => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    ({ port } = server.address() as AddressInfo);
  };
  await start();
  return {
    url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    requests,
    lines,
    next: (...answers) => void scripted.push(...answers),
    always: (answer) => {
      usual = typeof answer === "function" ? answer : () => answer;
    },
    open: () => sockets.size,
    connections: () => made,
    start,
    stop: async () => {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      for (const socket of sockets.keys()) socket.destroy();
      await once(server, "close");
    },
  };
}

function takeAll(): Answer {
  return { status: 204 };
}

function isSuccess(reply: Reply): boolean {
  return reply.status >= 200 && reply.status < 300;
}

async function readRequest(incoming: IncomingMessage, connection: number): Promise<SinkRequest> {
  const zipped = incoming.headers["content-encoding"] === "gzip";
  const body = await text(zipped ? incoming.pipe(createGunzip()) : incoming);
  const url = new URL(incoming.url ?? "/", "http://sink");
  return {
    method: incoming.method ?? "",
    path: url.pathname,
    query: url.searchParams,
    headers: incoming.headers,
    body,
    lines: body.split("\n").filter((line) => line !== ""),
    connection,
  };
}

function respond(answer: Answer, response: ServerResponse): void {
  const { socket } = response;
  if (answer === "stall") return;
  if (answer === "reset") socket?.resetAndDestroy();
  else if (answer === "garbage") socket?.end("this is not HTTP\r\n\r\n");
  else if (answer === "cut") {
    response.writeHead(400, { "content-length": "1000" });
    response.write('{"error":"the answer is cut he', () => socket?.destroy());
  } else {
    const { status, headers = {}, body } = answer;
    const asText = typeof body === "string" || body === undefined;
    response.writeHead(status, { ...(asText ? {} : { "content-type": "application/json" }), ...headers });
    response.end(asText ? body : JSON.stringify(body));
  }
}

/** Which lines a store refuses, each with its reason; undefined for a good line. */
export type Judge = (line: string) => string | undefined;

/**
 * Answers as a store that refuses single lines and keeps the others, as they really do; 204 when all are good:
 * `v1` quotes each line (influxd 1.x on a line that it cannot parse), `v1_conflict` and `v2_conflict` tell only how many
 * (type conflicts), `v2` quotes the lines and keeps nothing (influxd 2.x), `v3` names them by number.
 */
export function refusing(
  dialect: "v1" | "v1_conflict" | "v2" | "v2_conflict" | "v3",
  judge: Judge,
): (request: SinkRequest) => Reply {
  return ({ lines }) => {
    const bad = lines.flatMap((line, index) => {
      const reason = judge(line);
      return reason === undefined ? [] : [{ line, number: index + 1, reason }];
    });
    const keeps = lines.filter((line) => judge(line) === undefined);
    const [first] = bad;
    if (first === undefined) return { status: 204 };
    const quoted = bad.map(({ line, reason }) => `unable to parse '${line}': ${reason}`).join("\n");
    const conflict = `partial write: ${first.reason} dropped=${bad.length}`;
    if (dialect === "v1") return refusal1(keeps.length > 0 ? `partial write: ${quoted} dropped=0` : quoted, keeps);
    if (dialect === "v1_conflict") return refusal1(conflict, keeps);
    if (dialect === "v2") return { status: 400, body: { code: "invalid", message: quoted } };
    if (dialect === "v2_conflict")
      return {
        status: 422,
        body: { code: "unprocessable entity", message: `failure writing points to database: ${conflict}` },
        keeps,
      };
    const data = bad.map(({ line, number, reason }) => ({
      original_line: line.replaceAll('"', ""),
      line_number: number,
      error_message: reason,
    }));
    return { status: 400, body: { error: "partial write of line protocol occurred", data }, keeps };
  };
}

/** influxd 1.x says it twice, in a header without line feeds and in the body. */
function refusal1(error: string, keeps: readonly string[]): Reply {
  return { status: 400, headers: { "x-influxdb-error": error.replaceAll("\n", " ") }, body: { error }, keeps };
}
