import { promisify } from "node:util";
import { constants, gzip, gzipSync } from "node:zlib";
import type { EncodedBatch } from "fieldline/plugin";

const gzipAside = promisify(gzip);
const FAST = { level: constants.Z_BEST_SPEED };
/** What fits into one packet does not get there sooner for being smaller. */
const MIN_BYTES = 1_200;
/** Up to here compressing takes less time than handing it to another thread. */
const MAX_INLINE_BYTES = 65_536;

export interface Body {
  readonly body: string | Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

/** The lines as the body of a request, compressed where that pays. */
export async function bodyOf({ bytes: body }: EncodedBatch, compress: boolean): Promise<Body> {
  const headers = { "content-type": "text/plain; charset=utf-8" };
  if (!compress || body.length < MIN_BYTES) return { body, headers };
  const zipped = body.length <= MAX_INLINE_BYTES ? gzipSync(body, FAST) : await gzipAside(body, FAST);
  return { body: zipped, headers: { ...headers, "content-encoding": "gzip" } };
}
