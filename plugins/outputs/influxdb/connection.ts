import { readFile } from "node:fs/promises";
import type { SecureContextOptions } from "node:tls";
import { WriteError } from "fieldline/plugin";
import type { Pool } from "undici";
import { explainFailure, isTlsFailure, isWithoutConnection } from "./network-failure.ts";

export interface ConnectionOptions {
  readonly origin: string;
  readonly connectTimeoutMs: number;
  readonly tls:
    | {
        readonly ca?: string | undefined;
        readonly cert?: string | undefined;
        readonly key?: string | undefined;
        readonly verify: boolean;
      }
    | undefined;
  /** Is told how many bytes each request put on the wire: its headers and its body, without what TLS and TCP add. */
  readonly sent: (bytes: number) => void;
}

export interface Request {
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body's beginning, at most `MAX_ANSWER` bytes. */
  readonly text: string;
}

/** An answer that names bad lines is as long as they are; of what is longer nothing can be used. */
const MAX_ANSWER = 2 ** 20;
/** influxd 1.x repeats in a header what its answer says, all the bad lines of a batch. */
const MAX_HEADERS = 2 ** 24;
/** More batches in flight than this wait for each other. */
const MAX_SOCKETS = 16;
/** Below the 60 seconds after which common proxies close. */
const IDLE_MS = 30_000;

/** Keeps connections to one store open between requests. */
export class Connection {
  readonly #options: ConnectionOptions;
  #pool: Promise<Pool> | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    options.sent(0);
  }

  /**
   * Posts once and reads the answer, whatever its status. Redirects are not followed. When the signal aborts, the
   * request's socket is closed at once.
   * @throws WriteError `unavailable` when no answer came, `denied` when the files of `tls` cannot be used
   */
  async post(request: Request, signal: AbortSignal): Promise<Answer> {
    const opening = (this.#pool ??= openPool(this.#options));
    try {
      const pool = await opening;
      const answering = pool.request({ ...request, method: "POST", signal });
      const { statusCode, headers, body } = await this.#counted(request, answering);
      return { status: statusCode, headers, text: await readStart(body) };
    } catch (error) {
      // The next request reads the files of `tls` again: somebody may have renewed them.
      if (error instanceof WriteError || isTlsFailure(error)) this.#forget(opening);
      throw explainFailure(error, this.#options.origin, signal);
    }
  }

  /** Closes every connection at once. */
  async close(): Promise<void> {
    const pool = this.#pool;
    this.#pool = undefined;
    // A pool that could not be opened has nothing to close.
    await pool?.then(async (opened) => opened.destroy()).catch(() => {});
  }

  /** Counts a request as sent, unless there was no connection for it. */
  async #counted<T>(request: Request, answering: Promise<T>): Promise<T> {
    const { origin, sent } = this.#options;
    let connected = true;
    try {
      return await answering;
    } catch (error) {
      connected = !isWithoutConnection(error);
      throw error;
    } finally {
      if (connected) sent(sizeOf(request, new URL(origin).host));
    }
  }

  #forget(opening: Promise<Pool>): void {
    if (this.#pool === opening) this.#pool = undefined;
    // Requests on connections that stand may end.
    void opening.then(async (pool) => pool.close()).catch(() => {});
  }
}

async function openPool({ origin, connectTimeoutMs, tls }: ConnectionOptions): Promise<Pool> {
  const trust = tls === undefined ? {} : { ...(await readTls(tls)), rejectUnauthorized: tls.verify };
  // Loading undici takes 100 ms and 29 MB, which an agent that only checks a configuration must not pay.
  const { Pool } = await import("undici");
  return new Pool(origin, {
    connections: MAX_SOCKETS,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: IDLE_MS,
    maxHeaderSize: MAX_HEADERS,
    connect: { timeout: connectTimeoutMs, ...trust },
  });
}

async function readTls(tls: NonNullable<ConnectionOptions["tls"]>): Promise<SecureContextOptions> {
  const read = async (name: "ca" | "cert" | "key") => {
    const path = tls[name];
    if (path === undefined) return {};
    try {
      return { [name]: await readFile(path) };
    } catch (error) {
      throw new WriteError("denied", `tls.${name} cannot be read: ${(error as Error).message}`, { cause: error });
    }
  };
  const options: SecureContextOptions = { ...(await read("ca")), ...(await read("cert")), ...(await read("key")) };
  const { createSecureContext } = await import("node:tls");
  try {
    createSecureContext(options);
  } catch (error) {
    const message = `the files of tls are no PEM, or the key is not the certificate's: ${(error as Error).message}`;
    throw new WriteError("denied", message, { cause: error });
  }
  return options;
}

/** Reads a body to its end so that the connection can be used again; one that is too long breaks the connection off. */
async function readStart(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_ANSWER) break;
  }
  return Buffer.concat(chunks).subarray(0, MAX_ANSWER).toString();
}

/** A request's length in HTTP/1.1, in bytes, with the headers that undici adds. */
function sizeOf({ path, headers, body }: Request, host: string): number {
  const length = Buffer.byteLength(body);
  const lines = Object.entries({ host, connection: "keep-alive", "content-length": String(length), ...headers });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return Buffer.byteLength(`POST ${path} HTTP/1.1\r\n${head}\r\n`) + length;
}
