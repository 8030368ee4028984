import { integerField, type Point } from "fieldline/plugin";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type CreatedOutput, createOutput } from "../../../test/parts/create-output.ts";
import { type Influxd, startInfluxd } from "../../../test/parts/influxd.ts";
import { startVictoriaMetrics, type VictoriaMetrics } from "../../../test/parts/victoria-metrics.ts";
import influxdb from "./index.ts";

const { signal } = new AbortController();
const outputs: CreatedOutput[] = [];

afterEach(async () => {
  for (const output of outputs.splice(0)) await output.close?.();
});

function create(tree: object): CreatedOutput {
  const output = createOutput(influxdb, tree);
  outputs.push(output);
  return output;
}

function point(
  measurement: string,
  value: Point["fields"] extends ReadonlyMap<string, infer V> ? V : never,
  nanos = 1,
): Point {
  return {
    measurement,
    tags: new Map(),
    fields: new Map([["value", value]]),
    time: { seconds: 1_790_000_000, nanos },
    offset: 0,
  };
}

describe("with a real influxd 1.x", () => {
  let influxd: Influxd;

  beforeAll(async () => {
    influxd = await startInfluxd({ maxBodySize: 100_000 });
    await influxd.createDatabase("bbq");
  });
  afterAll(async () => influxd.remove());

  it("writes points of every type as they are, compressed or not", async () => {
    const big = integerField(9_007_199_254_740_993n) ?? 0;
    const counted = integerField(7, "unsigned") ?? 0;
    const texts = ['caf\u00e9 \u{1f525} "quoted" back\\slash', "two\nlines"];
    for (const [gzip, name] of [
      ["true", "zipped"],
      ["false", "plain"],
    ] as const) {
      const output = create({ url: influxd.url, database: "bbq", gzip });
      const points = [
        point(`${name} int`, big),
        point(`${name} uint`, counted),
        point(`${name} float`, -0.1),
        point(`${name} bool`, true),
        ...texts.map((text, n) => point(`${name} text`, text, n)),
        // Enough of them that compressing pays.
        ...Array.from({ length: 100 }, (_, n) => point(`${name} many`, n, n)),
      ];
      await output.write(
        points.map((each) => output.encode(each)),
        signal,
      );
      const values = async (kind: string) =>
        (await influxd.points("bbq", `${name} ${kind}`)).map((row) => row["value"]);
      expect(await values("int")).toEqual([9_007_199_254_740_993n]);
      expect(await values("uint")).toEqual([7]);
      expect(await values("float")).toEqual([-0.1]);
      expect(await values("bool")).toEqual([true]);
      expect(await values("text")).toEqual(texts);
      expect(await influxd.distinct("bbq", `${name} many`)).toHaveLength(100);
    }
  });

  it.each([
    ["ns", 1_790_000_000_123_456_789n],
    ["us", 1_790_000_000_123_456_000n],
    ["ms", 1_790_000_000_123_000_000n],
    ["s", 1_790_000_000_000_000_000n],
  ])("writes times in %s", async (precision, time) => {
    const output = create({ url: influxd.url, database: "bbq", precision });
    await output.write([output.encode(point(`in ${precision}`, 1, 123_456_789))], signal);
    expect(await influxd.points("bbq", `in ${precision}`)).toEqual([{ time, value: 1 }]);
  });

  it("writes under a path and with a query that the URL holds, and into a retention policy", async () => {
    await influxd.query('CREATE RETENTION POLICY "short" ON "bbq" DURATION 9999d REPLICATION 1');
    const output = create({ url: `${influxd.url}/?pretty=true`, database: "bbq", retention_policy: "short" });
    await output.write([output.encode(point("kept", 1))], signal);
    expect(await influxd.query('SELECT * FROM "short"."kept"', "bbq")).toHaveLength(1);
  });

  it("names the lines that influxd cannot parse, and influxd has the others", async () => {
    const output = create({ url: influxd.url, database: "bbq" });
    const batch = ["parse v=1 1", "parse v=1u 2", "parse v=2 3", 'parse s="a\nb",v=x 4', "parse v=3 5", "parse v=1u 2"];
    expect(await output.write(batch, signal)).toEqual({
      rejected: [
        { index: 1, reason: "invalid number" },
        { index: 3, reason: "invalid boolean" },
        { index: 5, reason: "invalid number" },
      ],
    });
    expect(await influxd.count("bbq", "parse", "v")).toBe(3);
  });

  it("names thousands of bad lines, which influxd repeats in a header", async () => {
    const output = create({ url: influxd.url, database: "bbq" });
    const batch = Array.from({ length: 3000 }, (_, n) => `thousands v=${n}${n % 2 === 0 ? "" : "u"} ${n}`);
    const result = await output.write(batch, signal);
    expect(result?.rejected).toHaveLength(1500);
    expect(await influxd.count("bbq", "thousands", "v")).toBe(1500);
  });

  it("leaves the search to the outlet when influxd only says how many it dropped", async () => {
    const output = create({ url: influxd.url, database: "bbq" });
    await output.write(["conflict v=1 1"], signal);
    await expect(output.write(["conflict v=2 2", "conflict v=1i 3"], signal)).rejects.toMatchObject({
      kind: "refused",
      message: expect.stringMatching(
        /^http:.* answered 400: partial write: field type conflict: .* dropped=1$/,
      ) as string,
    });
    expect(await influxd.count("bbq", "conflict", "v")).toBe(2);
  });

  it("says that the database is missing and how to get it", async () => {
    const output = create({ url: influxd.url, database: "none" });
    await expect(output.write(["m v=1 1"], signal)).rejects.toMatchObject({
      kind: "denied",
      message: `${influxd.url} answered 404: database not found: "none"; check "database", or set "create_database: true"`,
    });
  });

  it("creates the database when asked to, by any name, again when it was dropped", async () => {
    const database = `new "one" é`;
    const output = create({ url: influxd.url, database, create_database: "true" });
    await Promise.all([output.write(["m v=1 1"], signal), output.write(["m v=2 2"], signal)]);
    expect(await influxd.count(database, "m", "v")).toBe(2);
    await influxd.query(String.raw`DROP DATABASE "new \"one\" é"`);
    await output.write(["m v=1 1"], signal);
    expect(await influxd.count(database, "m", "v")).toBe(1);
    expect(output.logged).toContain(`info created the database ${JSON.stringify({ database })}`);
  });

  it("tells a body that is too large", async () => {
    const output = create({ url: influxd.url, database: "bbq", gzip: "false" });
    await expect(output.write([`m s="${"x".repeat(200_000)}" 1`], signal)).rejects.toMatchObject({ kind: "too_large" });
  });

  it("tells a store that is away, and writes to it when it is back", async () => {
    const output = create({ url: influxd.url, database: "bbq" });
    await output.write(["away v=1 1"], signal);
    await influxd.stop();
    for (const _ of [1, 2])
      await expect(output.write(["away v=2 2"], signal)).rejects.toMatchObject({ kind: "unavailable" });
    await influxd.start();
    await output.write(["away v=2 2"], signal);
    expect(await influxd.count("bbq", "away", "v")).toBe(2);
  });
});

describe("with an influxd that asks for a password", () => {
  let influxd: Influxd;

  beforeAll(async () => {
    influxd = await startInfluxd({ auth: true });
  });
  afterAll(async () => influxd.remove());

  it("writes with the right one and creates the database with it", async () => {
    const output = create({
      url: influxd.url,
      database: "bbq",
      create_database: "true",
      username: "admin",
      password: "secret",
    });
    await output.write(["m v=1 1"], signal);
    expect(await influxd.count("bbq", "m", "v")).toBe(1);
  });

  it("is denied with a wrong one, without one, and with one that may not write", async () => {
    await influxd.query("CREATE USER reader WITH PASSWORD 'sesame'");
    await influxd.createDatabase("bbq");
    const base = { url: influxd.url, database: "bbq", create_database: "true" };
    const accounts = [{}, { username: "admin", password: "wrong" }, { username: "reader", password: "sesame" }];
    for (const [n, account] of accounts.entries()) {
      const output = create({ ...base, ...account });
      await expect(output.write(["m v=1 1"], signal)).rejects.toMatchObject({
        kind: "denied",
        message: expect.stringContaining(n === 2 ? "answered 403" : 'check "username" and "password"') as string,
      });
    }
  });

  it("says when the account may not create the database", async () => {
    const output = create({
      url: influxd.url,
      database: "mine",
      create_database: "true",
      username: "reader",
      password: "sesame",
    });
    await expect(output.write(["m v=1 1"], signal)).rejects.toMatchObject({ kind: "denied" });
  });
});

describe("with a real VictoriaMetrics", () => {
  let victoria: VictoriaMetrics;

  beforeAll(async () => {
    victoria = await startVictoriaMetrics();
  });
  afterAll(async () => victoria.remove());

  it.each([
    ["1.x", { database: "bbq" }],
    ["2.x", { org: "home", bucket: "bbq", token: "any" }],
  ])("writes through its %s API", async (name, keys) => {
    const output = create({ url: victoria.url, ...keys });
    const measurement = `api${name[0]}`;
    const lines = Array.from({ length: 500 }, (_, n) => output.encode(point(measurement, n, n * 1_000_000)));
    await output.write(lines, signal);
    expect(await victoria.count(`${measurement}_value`)).toBe(500);
    expect(await victoria.distinct(`${measurement}_value`)).toHaveLength(500);
  });
});
