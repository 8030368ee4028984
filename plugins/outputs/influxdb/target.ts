import type { Precision } from "fieldline/plugin";
import type { InfluxSettings } from "./settings.ts";

/** The write APIs of InfluxDB 1.x, 2.x and 3.x, which other stores speak too. */
export type Api = "v1" | "v2" | "v3";

/** Where and as whom to write. */
export interface Target {
  readonly api: Api;
  /** Scheme, host and port: all that is shown of the URL, since the rest may hold secrets. */
  readonly origin: string;
  /** Path and query of the write. */
  readonly writePath: string;
  /** Path and query of a statement in InfluxQL (1.x). */
  readonly queryPath: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What must not appear in a message. */
  readonly secrets: readonly string[];
}

/** The API that the settings name, or that their keys tell. */
export function apiOf({ api, org, bucket, token }: InfluxSettings): Api {
  if (api !== undefined) return api;
  if (org !== undefined || bucket !== undefined) return "v2";
  return token === undefined ? "v1" : "v3";
}

/** The requests that the settings ask for. */
export function targetOf(settings: InfluxSettings): Target {
  const api = apiOf(settings);
  const url = new URL(settings.url);
  const credentials = credentialsOf(api, settings);
  const headers = { ...settings.headers, ...(credentials === undefined ? {} : { authorization: credentials }) };
  const secrets = [
    settings.password,
    settings.token,
    // Of `Bearer SECRET` the second word is one alone, too.
    ...Object.values(headers).flatMap((value) => [value, value.split(" ").at(-1)]),
  ];
  return {
    api,
    origin: url.origin,
    writePath: pathAndQuery(url, ...writeRequest(api, settings)),
    queryPath: pathAndQuery(url, "/query", {}),
    headers,
    // Shorter ones would black out half of every message.
    secrets: secrets.filter((secret) => secret !== undefined && secret.length > 2) as string[],
  };
}

type Query = Readonly<Record<string, string | undefined>>;

const V3_PRECISION: Readonly<Record<Precision, string>> = {
  ns: "nanosecond",
  us: "microsecond",
  ms: "millisecond",
  s: "second",
};

function writeRequest(api: Api, settings: InfluxSettings): [path: string, query: Query] {
  const { precision } = settings;
  if (api === "v2") return ["/api/v2/write", { org: settings.org, bucket: settings.bucket, precision }];
  // 3.x guesses the unit unless it is told. `accept_partial` and `no_sync` keep their defaults: bad lines do not hold
  // good ones back, and the answer comes after the write-ahead log has been synced.
  if (api === "v3") return ["/api/v3/write_lp", { db: settings.database, precision: V3_PRECISION[precision] }];
  // influxd 1.6 does not know `us`, and takes what it does not know for nanoseconds, its default.
  const unit = precision === "ns" ? undefined : precision === "us" ? "u" : precision;
  return ["/write", { db: settings.database, rp: settings.retention_policy, precision: unit }];
}

function pathAndQuery(base: URL, path: string, query: Query): string {
  const url = new URL(base);
  url.pathname = `${base.pathname.replace(/\/+$/, "")}${path}`;
  for (const [key, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(key, value);
  return url.pathname + url.search;
}

function credentialsOf(api: Api, { username, password = "", token }: InfluxSettings): string | undefined {
  if (api === "v1")
    return username === undefined ? undefined : `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  if (token === undefined) return undefined;
  return api === "v2" ? `Token ${token}` : `Bearer ${token}`;
}
