import type { PartialWrite, WriteError } from "fieldline/plugin";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type CreatedOutput, createOutput } from "../../../test/parts/create-output.ts";
import { type Answer, type HttpSink, refusing, startHttpSink } from "../../../test/parts/http-sink.ts";
import influxdb from "./index.ts";

const { signal } = new AbortController();
const outputs: CreatedOutput[] = [];
let sink: HttpSink;

beforeAll(async () => {
  sink = await startHttpSink();
});
afterAll(async () => sink.stop());
beforeEach(() => sink.always({ status: 204 }));
afterEach(async () => {
  for (const output of outputs.splice(0)) await output.close?.();
});

const V1 = { database: "bbq" };
const V2 = { org: "my home", bucket: "b&q", token: "very-secret-token" };
const V3 = { database: "bbq", token: "very-secret-token" };

function create(keys: object = V3): CreatedOutput {
  const output = createOutput(influxdb, { url: sink.url, ...keys });
  outputs.push(output);
  return output;
}

async function answered(answer: Answer, batch = ["m v=1 1"], keys: object = V3): Promise<PartialWrite | void> {
  sink.next(answer);
  return create(keys).write(batch, signal);
}

async function failure(answer: Answer, keys: object = V3): Promise<WriteError> {
  return answered(answer, ["m v=1 1"], keys).then(
    () => expect.unreachable("the write was taken"),
    (error: unknown) => error as WriteError,
  );
}

describe("the requests of the influxdb output", () => {
  it("speaks 1.x with an account", async () => {
    await create({ ...V1, username: "ann", password: "päss:word", retention_policy: "week" }).write(
      ["m v=1 1"],
      signal,
    );
    const request = sink.requests.at(-1);
    expect([request?.method, request?.path, request?.query.toString()]).toEqual(["POST", "/write", "db=bbq&rp=week"]);
    expect(request?.headers.authorization).toBe(`Basic ${Buffer.from("ann:päss:word").toString("base64")}`);
    expect(request?.body).toBe("m v=1 1\n");
  });

  it("speaks 2.x with a token, a path before the store's own and further headers", async () => {
    const output = create({ ...V2, url: `${sink.url}/proxy/?tenant=7`, precision: "ms", headers: { "X-Org": "1" } });
    await output.write(["m v=1 1"], signal);
    const request = sink.requests.at(-1);
    expect(request?.path).toBe("/proxy/api/v2/write");
    expect(Object.fromEntries(request?.query ?? [])).toEqual({
      tenant: "7",
      org: "my home",
      bucket: "b&q",
      precision: "ms",
    });
    expect(request?.headers).toMatchObject({ authorization: "Token very-secret-token", "x-org": "1" });
  });

  it("speaks 3.x, names the unit that the store would guess, and compresses", async () => {
    const batch = Array.from({ length: 100 }, (_, n) => `m,host=abcdef v=${n} ${n}`);
    await create({ ...V3, precision: "us" }).write(batch, signal);
    const request = sink.requests.at(-1);
    expect(request?.path).toBe("/api/v3/write_lp");
    expect(request?.query.toString()).toBe("db=bbq&precision=microsecond");
    expect(request?.headers).toMatchObject({ authorization: "Bearer very-secret-token", "content-encoding": "gzip" });
    expect(request?.lines).toEqual(batch);
  });

  it("sends unsigned integers as such where the API knows them", () => {
    const fields = new Map([["n", { type: "unsigned", value: 1 } as const]]);
    const point = {
      measurement: "m",
      tags: new Map<string, string>(),
      fields,
      time: { seconds: 0, nanos: 1 },
      offset: 0,
    };
    const encoded = [V1, V2, V3, { ...V1, unsigned: "u" }, { ...V3, unsigned: "auto" }].map((keys) =>
      create(keys).encode(point),
    );
    expect(encoded).toEqual(["m n=1i 1", "m n=1u 1", "m n=1u 1", "m n=1u 1", "m n=1i 1"]);
  });

  it("says what each request puts on the wire, compressed and with its headers, and nothing for one without a connection", async () => {
    const output = create({ ...V3, headers: { "X-Org": "1" } });
    await output.write(
      Array.from({ length: 500 }, (_, n) => `m v=${n} ${n}`),
      signal,
    );
    sink.next({ status: 500 });
    await output.write(["m v=1 1"], signal).catch(() => undefined);
    const heads = sink.requests.slice(-2).map(({ headers, path, query }) => {
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}\r\n`);
      const head = `POST ${path}?${query.toString()} HTTP/1.1\r\n${lines.join("")}\r\n`;
      return head.length + Number(headers["content-length"]);
    });
    expect(output.sent).toEqual([0, ...heads]);
    const nobody = create({ url: "http://127.0.0.1:1", ...V3 });
    await expect(nobody.write(["m v=1 1"], signal)).rejects.toMatchObject({ kind: "unavailable" });
    expect(nobody.sent).toEqual([0]);
  });

  it("sends nothing for an empty batch", async () => {
    const before = sink.requests.length;
    await create().write([], signal);
    expect(sink.requests).toHaveLength(before);
  });
});

describe("the answers to the influxdb output", () => {
  it.each([200, 202, 204])("takes %i for written", async (status) => {
    expect(await answered({ status, body: "any" })).toBeUndefined();
  });

  it.each([
    [301, "denied"],
    [302, "denied"],
    [307, "denied"],
    [401, "denied"],
    [402, "denied"],
    [403, "denied"],
    [404, "denied"],
    [405, "denied"],
    [408, "denied"],
    [409, "denied"],
    [410, "denied"],
    [415, "denied"],
    [418, "denied"],
    [431, "denied"],
    [400, "refused"],
    [422, "refused"],
    [413, "too_large"],
    [429, "busy"],
    [500, "unavailable"],
    [502, "unavailable"],
    [503, "unavailable"],
    [504, "unavailable"],
    [507, "unavailable"],
    [599, "unavailable"],
    [600, "denied"],
    [999, "denied"],
  ])("takes %i for %s", async (status, kind) => {
    expect((await failure({ status, body: "<html>some proxy</html>" })).kind).toBe(kind);
  });

  it.each([
    ["2", 2000],
    ["0.5", 500],
    ["Sun, 22 Nov 2026 10:00:30 GMT", 30_000],
    ["Sun, 22 Nov 2026 09:00:00 GMT", 0],
  ])("waits as Retry-After: %s tells, by the answer's own clock", async (value, retryAfterMs) => {
    for (const status of [429, 503]) {
      const headers = { "retry-after": value, date: "Sun, 22 Nov 2026 10:00:00 GMT" };
      expect(await failure({ status, headers })).toMatchObject({ kind: "busy", retryAfterMs });
    }
  });

  it.each(["soon", "soon 5", "-3", ""])(
    "takes 503 with Retry-After: %j, which nobody understands, for an outage",
    async (value) => {
      expect(await failure({ status: 503, headers: { "retry-after": value } })).toMatchObject({ kind: "unavailable" });
    },
  );

  it.each([
    [
      "stays with the store's words",
      V2,
      { status: 500, body: { code: "internal error", message: "disk on fire" } },
      "answered 500: disk on fire",
    ],
    [
      "reads the header where there is no body",
      V1,
      { status: 500, headers: { "x-influxdb-error": "timeout" } },
      "answered 500: timeout",
    ],
    [
      "says what to check on 401",
      V2,
      { status: 401, body: { message: "unauthorized" } },
      'answered 401: unauthorized; check "token"',
    ],
    [
      "says what to check on 404",
      V2,
      { status: 404, body: { message: 'bucket "b&q" not found' } },
      '; check "url", "org" and "bucket"',
    ],
    [
      "says where a redirect points",
      V3,
      { status: 302, headers: { location: "https://else.example/login?key=abc" } },
      "it points to https://else.example/login)",
    ],
    ["shortens and flattens pages", V3, { status: 404, body: `<p>\n\n${"x".repeat(9999)}` }, "answered 404: <p> xxx"],
  ] as const)("%s", async (_name, keys, answer, words) => {
    const { message } = await failure(answer, keys);
    expect(message).toContain(words);
    expect(message.length).toBeLessThan(600);
    expect(message).toMatch(new RegExp(`^${sink.url} `));
  });

  it("never repeats a secret, even when the answer does", async () => {
    const basic = Buffer.from("ann:hunter22").toString("base64");
    const cases = [
      [V2, "very-secret-token"],
      [{ ...V1, username: "ann", password: "hunter22" }, `hunter22 ${basic}`],
      [{ ...V1, headers: { "X-Api-Key": "key-9999", Authorization: "Bearer jwt-7777" } }, "key-9999 jwt-7777"],
    ] as const;
    for (const [keys, secrets] of cases) {
      for (const status of [400, 401, 404, 500]) {
        const { message } = await failure({ status, body: `you sent ${secrets} to me` }, keys);
        expect(message).toContain("you sent ***");
        for (const secret of secrets.split(" ")) expect(message).not.toContain(secret);
      }
      const result = await answered(
        { status: 400, body: { error: `unable to parse 'm v=1 1': saw ${secrets}` } },
        ["m v=1 1"],
        keys,
      );
      for (const secret of secrets.split(" ")) expect(JSON.stringify(result)).not.toContain(secret);
    }
  });

  it("has the lines that a store of each kind names", async () => {
    const batch = ["m v=1 1", "m v=bad 2", "m v=3 3"];
    const judge = (line: string) => (line.includes("bad") ? "no number" : undefined);
    const rejected = [{ index: 1, reason: "no number" }];
    const expected = { v1: { rejected }, v2: { rejected, retry: [0, 2] }, v3: { rejected } };
    for (const dialect of ["v1", "v2", "v3"] as const) {
      sink.always(refusing(dialect, judge));
      const output = create();
      expect(await output.write(batch, signal)).toEqual(expected[dialect]);
      expect(await output.write([batch[1] ?? ""], signal)).toMatchObject({
        rejected: [{ index: 0, reason: "no number" }],
      });
    }
    for (const dialect of ["v1_conflict", "v2_conflict"] as const) {
      sink.always(refusing(dialect, judge));
      await expect(create().write(batch, signal)).rejects.toMatchObject({ kind: "refused" });
    }
  });

  it("does not create a database on a 404 that means something else, nor twice in one write", async () => {
    const keys = { ...V1, create_database: "true" };
    const before = sink.requests.length;
    expect(await failure({ status: 404, body: "no such page" }, keys)).toMatchObject({ kind: "denied" });
    expect(sink.requests).toHaveLength(before + 1);
    sink.always(({ path }) =>
      path === "/query"
        ? { status: 200, body: { results: [{}] } }
        : { status: 404, body: { error: 'database not found: "bbq"' } },
    );
    await expect(create(keys).write(["m v=1 1"], signal)).rejects.toMatchObject({ kind: "denied" });
    expect(sink.requests.slice(before + 1).map(({ path }) => path)).toEqual(["/write", "/query", "/write"]);
  });

  it("is denied when the statement that creates the database fails within a 200", async () => {
    sink.always(({ path }) =>
      path === "/query"
        ? { status: 200, body: { results: [{ statement_id: 0, error: 'not "allowed"' }] } }
        : { status: 404, body: { error: 'database not found: "bbq"' } },
    );
    await expect(create({ ...V1, create_database: "true" }).write(["m v=1 1"], signal)).rejects.toMatchObject({
      kind: "denied",
      message: 'the database "bbq" cannot be created: not "allowed"',
    });
  });
});
