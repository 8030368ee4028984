/**
 * The floor of `drain`: posts line protocol that is ready made, batch by batch, with the same gzip. Asked for points, it
 * posts so many and answers when the store has taken the last; making them ready is done before it says that it is ready.
 */
import { promisify } from "node:util";
import { constants, gzip } from "node:zlib";
import { Pool } from "undici";
import { jsonBacklog, linesBacklog, receiveTime } from "./backlog.ts";
import { serve, settingsOf } from "./control.ts";

export interface ReadyMadeSettings {
  readonly form: "json" | "lines";
  /** How many points there are; asked for more, it begins anew. */
  readonly points: number;
  /** Of the store. */
  readonly sink: number;
}

const BATCH = 5_000;
const FAST = { level: constants.Z_BEST_SPEED };
const compress = promisify(gzip);

const { form, points, sink } = settingsOf() as ReadyMadeSettings;
const lines = (form === "json" ? jsonBacklog(points) : linesBacklog(points)).lines(receiveTime);
const batches = Array.from({ length: points / BATCH }, (_, index) =>
  Buffer.from(lines.slice(index * BATCH, (index + 1) * BATCH).join("\n")),
);
lines.length = 0;
const pool = new Pool(`http://127.0.0.1:${sink}`, { connections: 1 });
let next = 0;

await serve({}, async ({ post }: { readonly post: number }) => {
  for (let posted = 0; posted < post; posted += BATCH) {
    const body = await compress(batches[next % batches.length] as Buffer, FAST);
    next += 1;
    const answer = await pool.request({
      path: "/write?db=bench&precision=ns",
      method: "POST",
      headers: { "content-type": "text/plain; charset=utf-8", "content-encoding": "gzip" },
      body,
    });
    await answer.body.dump();
  }
});
