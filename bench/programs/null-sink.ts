/** A store that takes everything: answers 204 at once to any request, and counts. */
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { serve, settingsOf } from "./control.ts";
import { SeenNumbers } from "./seen-numbers.ts";

export interface NullSinkSettings {
  /** `requests` alone, `points` (lines, after gunzip) too, or also which `numbers` of the load came. */
  readonly count?: "requests" | "points" | "numbers";
}

/** `count` is answered at once, `points` when so many points have come (with `numbers`: different ones). */
export type SinkRequest = { readonly count: true } | { readonly points: number };

export interface SinkCounts {
  readonly requests: number;
  /** Of the bodies as they came, compressed or not. */
  readonly bytes: number;
  readonly points: number;
  /** Different numbers of the load, in the mode that looks at them. */
  readonly numbers: number;
  /** When the last request came, in milliseconds since 1970. */
  readonly lastAt: number;
}

/** How long no point may come before that is a failure. */
const PATIENCE_MS = 30_000;
const LINE_FEED = 10;

const { count = "points" } = settingsOf() as NullSinkSettings;
const seen = new SeenNumbers();
let [requests, bytes, points, lastAt] = [0, 0, 0, 0];
let onPoints = () => {};

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    response.writeHead(204).end();
    take(request, Buffer.concat(chunks));
  });
}).listen(0, "127.0.0.1");
await once(server, "listening");
await serve({ port: (server.address() as AddressInfo).port }, async (request: SinkRequest) => {
  if ("points" in request) await arrival(request.points);
  return counts();
});

function take({ headers, method }: IncomingMessage, body: Buffer): void {
  requests += 1;
  bytes += body.length;
  lastAt = Date.now();
  if (count === "requests" || method !== "POST") return;
  const lines = headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
  points += linesIn(lines);
  if (count === "numbers") seen.take(lines);
  onPoints();
}

function counts(): SinkCounts {
  return { requests, bytes, points, numbers: seen.count, lastAt };
}

async function arrival(wanted: number): Promise<void> {
  const come = () => (count === "numbers" ? seen.count : points);
  while (come() < wanted) {
    const waiting = Promise.withResolvers<void>();
    onPoints = waiting.resolve;
    const patience = setTimeout(
      () => waiting.reject(new Error(`of ${wanted} points ${come()} came, and no more for half a minute`)),
      PATIENCE_MS,
    );
    await waiting.promise;
    clearTimeout(patience);
  }
}

/** Lines of a body; the last may have no line feed. */
function linesIn(body: Buffer): number {
  let lines = 0;
  for (let at = 0; at < body.length; at += 1) if (body[at] === LINE_FEED) lines += 1;
  return body.length > 0 && body.at(-1) !== LINE_FEED ? lines + 1 : lines;
}
