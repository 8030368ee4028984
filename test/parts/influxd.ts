import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, type Program, startProgram } from "./program.ts";

/** A row of an answer. `time` is nanoseconds since 1970 as a bigint, and so is every integer that no number holds. */
export type Row = Readonly<Record<string, unknown>>;

export interface InfluxdOptions {
  /** Asks for a password: the account `admin` with the password `secret` may do everything. */
  readonly auth?: boolean;
  /** Bytes of a body above which it answers 413. */
  readonly maxBodySize?: number;
}

/** A real influxd 1.x with a folder of its own. */
export interface Influxd {
  /** `http://127.0.0.1:PORT`, the same after a restart. */
  readonly url: string;
  readonly createDatabase: (database: string) => Promise<void>;
  /** Runs InfluxQL. @throws Error with its words when it refuses */
  readonly query: (statement: string, database?: string) => Promise<readonly Row[]>;
  /** How many points of the measurement hold the field; 0 while there is no such database. */
  readonly count: (database: string, measurement: string, field?: string) => Promise<number>;
  /** The different values of a field. */
  readonly distinct: (database: string, measurement: string, field?: string) => Promise<readonly unknown[]>;
  /** All points of a measurement in the order of time; tags and fields are columns. */
  readonly points: (database: string, measurement: string) => Promise<readonly Row[]>;
  /** Ends it with SIGTERM; the data stays. */
  readonly stop: () => Promise<void>;
  /** Ends it with SIGKILL; the data stays. */
  readonly kill: () => Promise<void>;
  /** Starts it again on the same port with the same data, after `stop` or `kill`. */
  readonly start: () => Promise<void>;
  /** Ends it and removes its data. */
  readonly remove: () => Promise<void>;
}

/** Starts influxd on loopback with an empty folder and waits until it answers. */
export async function startInfluxd(options: InfluxdOptions = {}): Promise<Influxd> {
  const folder = await mkdtemp(join(tmpdir(), "fieldline-influxd-"));
  const [http, rpc] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${http}`;
  const config = join(folder, "influxd.conf");
  await writeFile(config, configuration(folder, http, rpc, options));

  const start = async () =>
    startProgram("influxd", ["-config", config], async () => {
      const answer = await fetch(`${url}/ping`).catch(() => undefined);
      return answer?.status === 204;
    });
  let program: Program = await start();

  const query = async (statement: string, database = "") => {
    const answer = await fetch(`${url}/query?epoch=ns`, {
      method: "POST",
      headers: options.auth === true ? { authorization: `Basic ${btoa("admin:secret")}` } : {},
      body: new URLSearchParams({ q: statement, db: database }),
    });
    return rowsOf(JSON.parse(await answer.text(), exactInteger) as QueryAnswer);
  };
  if (options.auth === true) await query(`CREATE USER admin WITH PASSWORD 'secret' WITH ALL PRIVILEGES`);

  return {
    url,
    query,
    createDatabase: async (database) => {
      await query(`CREATE DATABASE ${quoted(database)}`);
    },
    count: async (database, measurement, field = "value") => {
      const rows = await query(`SELECT count(${quoted(field)}) FROM ${quoted(measurement)}`, database).catch(
        (error: Error) => {
          if (error.message.includes("database not found")) return [];
          throw error;
        },
      );
      return Number(rows[0]?.["count"] ?? 0);
    },
    distinct: async (database, measurement, field = "value") => {
      const rows = await query(`SELECT distinct(${quoted(field)}) FROM ${quoted(measurement)}`, database);
      return rows.map((row) => row["distinct"]);
    },
    points: async (database, measurement) => query(`SELECT * FROM ${quoted(measurement)}`, database),
    stop: async () => program.stop(),
    kill: async () => program.stop("SIGKILL"),
    start: async () => {
      program = await start();
    },
    remove: async () => {
      await program.stop("SIGKILL");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface QueryAnswer {
  readonly error?: string;
  readonly results?: readonly {
    readonly error?: string;
    readonly series?: readonly { readonly columns: readonly string[]; readonly values: readonly unknown[][] }[];
  }[];
}

function rowsOf(answer: QueryAnswer): Row[] {
  const error = answer.error ?? answer.results?.find((result) => result.error !== undefined)?.error;
  if (error !== undefined) throw new Error(`influxd: ${error}`);
  const series = (answer.results ?? []).flatMap((result) => result.series ?? []);
  return series.flatMap(({ columns, values }) =>
    values.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]]))),
  );
}

/** Keeps the integers of a JSON text that no number holds. */
function exactInteger(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  if (typeof value !== "number" || source === undefined || Number.isSafeInteger(value)) return value;
  return /^-?\d+$/.test(source) ? BigInt(source) : value;
}

function quoted(name: string): string {
  return JSON.stringify(name);
}

function configuration(folder: string, http: number, rpc: number, options: InfluxdOptions): string {
  const path = (name: string) => JSON.stringify(join(folder, name));
  return `
reporting-disabled = true
bind-address = "127.0.0.1:${rpc}"
[meta]
dir = ${path("meta")}
[data]
dir = ${path("data")}
wal-dir = ${path("wal")}
query-log-enabled = false
[monitor]
store-enabled = false
[subscriber]
enabled = false
[continuous_queries]
enabled = false
[http]
bind-address = "127.0.0.1:${http}"
auth-enabled = ${options.auth === true}
log-enabled = false
max-body-size = ${options.maxBodySize ?? 25_000_000}
[logging]
level = "warn"
`;
}
