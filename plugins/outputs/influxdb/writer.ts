import { type EncodedBatch, type Log, type PartialWrite, WriteError } from "fieldline/plugin";
import { readBody } from "./answer-body.ts";
import { bodyOf } from "./body.ts";
import { type Answer, Connection } from "./connection.ts";
import { failure, isNoDatabase, judge, show } from "./judge.ts";
import type { InfluxSettings } from "./settings.ts";
import { type Target, targetOf } from "./target.ts";

/** Writes batches of lines to one store. */
export class Writer {
  readonly #settings: InfluxSettings;
  readonly #log: Log;
  readonly #target: Target;
  readonly #connection: Connection;

  /** @param sent is told how many bytes each request put on the wire */
  constructor(settings: InfluxSettings, log: Log, sent: (bytes: number) => void) {
    this.#settings = settings;
    this.#log = log;
    this.#target = targetOf(settings);
    this.#connection = new Connection({
      origin: this.#target.origin,
      connectTimeoutMs: settings.connect_timeout,
      tls: settings.tls,
      sent,
    });
  }

  /**
   * Sends a batch once; once more when the database had to be created first.
   * @throws WriteError
   */
  async write(batch: EncodedBatch, signal: AbortSignal): Promise<PartialWrite | undefined> {
    if (batch.bytes.length === 0) return undefined;
    const { body, headers } = await bodyOf(batch, this.#settings.gzip);
    const send = async () => this.#post(this.#target.writePath, headers, body, signal);
    let answer = await send();
    if (this.#settings.create_database && answer.status === 404 && isNoDatabase(readBody(answer).words)) {
      await this.#createDatabase(signal);
      answer = await send();
    }
    return judge(answer, batch, this.#target);
  }

  /** Lets go of the connections. */
  async close(): Promise<void> {
    await this.#connection.close();
  }

  async #createDatabase(signal: AbortSignal): Promise<void> {
    const { database = "" } = this.#settings;
    const name = `"${database.replaceAll(/["\\]/g, "\\$&")}"`;
    const form = new URLSearchParams({ q: `CREATE DATABASE ${name}` }).toString();
    const type = { "content-type": "application/x-www-form-urlencoded" };
    const answer = await this.#post(this.#target.queryPath, type, form, signal);
    if (answer.status !== 200) throw failure(answer, this.#target);
    // A statement that failed is told in a 200, too.
    const [, error] = /"error":("(?:[^"\\]|\\.)*")/.exec(answer.text) ?? [];
    if (error !== undefined)
      throw new WriteError(
        "denied",
        `the database ${name} cannot be created: ${show(JSON.parse(error) as string, this.#target)}`,
      );
    this.#log.info({ database }, "created the database");
  }

  async #post(
    path: string,
    headers: Readonly<Record<string, string>>,
    body: string | Uint8Array,
    signal: AbortSignal,
  ): Promise<Answer> {
    return this.#connection.post({ path, headers: { ...this.#target.headers, ...headers }, body }, signal);
  }
}
