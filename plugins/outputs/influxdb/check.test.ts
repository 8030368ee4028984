import { group, validate } from "fieldline/plugin";
import { describe, expect, it } from "vitest";
import influxdb from "./index.ts";

const NOWHERE =
  ': where to write is missing: set "database" (1.x), "org", "bucket" and "token" (2.x), or "database" and "token" (3.x)';
const url = "http://127.0.0.1:8086";

/** The problems of settings, as "PATH: MESSAGE". */
function problems(tree: object): string[] {
  const read = validate(group(influxdb.settings, "The settings."), { url, ...tree });
  const found = read.problems ?? influxdb.check?.(read.value) ?? [];
  return found.map(({ path, message }) => `${path.join(".")}: ${message}`);
}

describe("the check of the influxdb output", () => {
  it.each([
    { database: "bbq" },
    { database: "bbq", retention_policy: "week", create_database: "true", username: "ann", password: "" },
    { org: "home", bucket: "bbq" },
    { org: "home", bucket: "bbq", token: "t" },
    { database: "bbq", token: "t" },
    { database: "bbq", api: "v3" },
    {
      url: "https://example:8086/influx?tenant=1",
      database: "bbq",
      tls: { ca: "ca.pem", cert: "c.pem", key: "k.pem" },
    },
    { database: "bbq", headers: { Authorization: "Bearer x" } },
  ])("finds nothing wrong with %j", (tree) => {
    expect(problems(tree)).toEqual([]);
  });

  it.each([
    [{}, NOWHERE],
    [{ bucket: "bbq" }, 'bucket: "org" is missing: InfluxDB 2.x needs "org" and "bucket"'],
    [{ org: "home", token: "t" }, 'org: "bucket" is missing: InfluxDB 2.x needs "org" and "bucket"'],
    [{ token: "t" }, NOWHERE],
    [{ api: "v2", org: "home" }, 'api: "bucket" is missing: InfluxDB 2.x, "api: v2" needs "org" and "bucket"'],
    [
      { org: "home", bucket: "b", database: "d" },
      'database: "database" does not go with InfluxDB 2.x, which takes "org", "bucket", "token"',
    ],
    [
      { database: "d", token: "t", username: "ann", password: "p" },
      'username: "username" does not go with InfluxDB 3.x, which takes "database", "token"',
      'password: "password" does not go with InfluxDB 3.x, which takes "database", "token"',
    ],
    [
      { database: "d", token: "t", create_database: "true" },
      'create_database: "create_database" does not go with InfluxDB 3.x, which takes "database", "token"',
    ],
    [{ database: "d", username: "ann" }, 'username: "username" needs "password" beside it'],
    [{ database: "d", password: "p" }, 'password: "password" needs "username" beside it'],
    [
      { database: "d", token: "a\nb" },
      "token: holds a space, a line feed or another character that a token cannot have, or nothing at all",
    ],
    [
      { database: "d", url: "localhost:8086" },
      'url: expected a URL such as http://127.0.0.1:8086, found "localhost:8086"',
    ],
    [{ database: "d", url: "http://a b" }, "url: expected a URL such as http://127.0.0.1:8086"],
    [
      { database: "d", url: "http://ann:p@host" },
      'url: holds an account, and a URL is shown in logs: move it to "username" and "password"',
    ],
    [
      { database: "d", url: `${url}/api/v2/write` },
      "url: ends in /api/v2/write, which is added by itself: leave it away",
    ],
    [{ database: "d", tls: { ca: "ca.pem" } }, 'tls: "tls" needs a "url" with https'],
    [{ database: "d", url: "https://host", tls: { cert: "c.pem" } }, 'tls.cert: "cert" needs "key" beside it'],
    [{ database: "d", headers: { "a b": "c" } }, 'headers.a b: "a b" is no name of a header'],
    [{ database: "d", headers: { Host: "c" } }, 'headers.Host: "Host" is set by the output itself'],
    [
      { database: "d", headers: { a: "b\r\nc" } },
      'headers.a: the value of "a" holds a character that a header cannot have',
    ],
    [
      { database: "d", token: "t", headers: { authorization: "c" } },
      'headers.authorization: "authorization" is made of the account or the token: remove one or the other',
    ],
  ])("says what is wrong with %j", (tree, ...expected) => {
    expect(problems(tree)).toEqual(expected);
  });
});
