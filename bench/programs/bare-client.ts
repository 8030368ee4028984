/**
 * The floor: what one would write in an afternoon. mqtt.js, JSON.parse, texts put together to line protocol, the same
 * gzip and the same batches. It keeps nothing, escapes nothing and checks nothing.
 */
import { promisify } from "node:util";
import { constants, gzip } from "node:zlib";
import { connectAsync } from "mqtt";
import { Pool } from "undici";
import { serve, settingsOf } from "./control.ts";

export interface BareClientSettings {
  /** Of the broker. */
  readonly port: number;
  /** Of the store; left out: messages are received and acknowledged, and that is all. */
  readonly sink?: number;
  readonly qos: 0 | 1;
  readonly filter: string;
}

interface Payload {
  readonly probe: string;
  readonly temp: { readonly c: number };
  readonly hum: number;
  readonly seq: number;
  readonly ok: boolean;
}

const BATCH = 5_000;
const MAX_WAIT_MS = 1_000;

const { port, sink, qos, filter } = settingsOf() as BareClientSettings;
const compress = promisify(gzip);
const pool = sink === undefined ? undefined : new Pool(`http://127.0.0.1:${sink}`, { connections: 16 });
let lines = "";
let count = 0;

const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { clean: true });
if (pool !== undefined) {
  client.on("message", (topic, payload) => {
    const { probe, temp, hum, seq, ok } = JSON.parse(payload.toString()) as Payload;
    const device = topic.split("/")[1];
    lines += `bench,device=${device},probe=${probe} temp_c=${temp.c},hum=${hum},seq=${seq},ok=${ok} ${Date.now()}000000\n`;
    count += 1;
    if (count === BATCH) void post(pool);
  });
  setInterval(() => void post(pool), MAX_WAIT_MS);
}
await client.subscribeAsync(filter, { qos });
await serve({}, () => undefined);

async function post(store: Pool): Promise<void> {
  if (count === 0) return;
  const body = lines;
  lines = "";
  count = 0;
  const { body: answer } = await store.request({
    path: "/write?db=bench",
    method: "POST",
    headers: { "content-type": "text/plain; charset=utf-8", "content-encoding": "gzip" },
    body: await compress(body, { level: constants.Z_BEST_SPEED }),
  });
  await answer.dump();
}
