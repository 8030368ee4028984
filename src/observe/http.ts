import { once } from "node:events";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Health } from "./health.ts";
import type { Metrics } from "./metrics.ts";

export interface HttpOptions {
  readonly host: string;
  readonly port: number;
  readonly name: string;
  readonly health: Health;
  readonly metrics: Metrics;
}

/** Answers `/health` and `/metrics`. @throws Error when the address cannot be listened on */
export async function serveHttp(options: HttpOptions): Promise<{ close(): Promise<void> }> {
  // An import of node:http reads all its exports, and by its WebSocket loads the HTTP client that comes with Node as well.
  const { createServer } = process.getBuiltinModule("node:http");
  const server = createServer((request, response) => answer(options, request, response));
  server.listen(options.port, options.host);
  await once(server, "listening");
  // A connection that could not be accepted, for want of descriptors, must not end the agent.
  server.on("error", () => undefined);
  return { close: () => close(server) };
}

async function close(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, "close");
}

function answer({ name, health, metrics }: HttpOptions, request: IncomingMessage, response: ServerResponse): void {
  const path = (request.url ?? "").split("?", 1)[0];
  if (request.method !== "GET" && request.method !== "HEAD") return send(response, 405, "text/plain", "only GET\n");
  if (path === "/metrics") return send(response, 200, "text/plain; version=0.0.4; charset=utf-8", metrics.render());
  if (path !== "/health") return send(response, 404, "text/plain", "there are /health and /metrics\n");
  const { healthy, parts } = health;
  const body = { name, status: healthy ? "ok" : "failing", parts };
  send(response, healthy ? 200 : 503, "application/json", `${JSON.stringify(body, undefined, 2)}\n`);
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { "content-type": type, "cache-control": "no-store" }).end(body);
}
