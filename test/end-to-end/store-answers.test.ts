import { describe, expect, it } from "vitest";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Agent } from "../../src/agent/index.ts";
import type { RejectEntry } from "../../src/pipeline/index.ts";
import { removeAfterEach } from "../parts/cleanup.ts";
import { type TestAgent, testAgent } from "../parts/agent.ts";
import { type Answer, type HttpSink, refusing, startHttpSink } from "../parts/http-sink.ts";
import { startLineServer } from "../parts/line-server.ts";
import { until } from "../parts/program.ts";

const COUNT = 40;

describe("a store's answer", () => {
  const { after } = removeAfterEach();

  /** An agent between a board and a store of the test's own. */
  async function start(
    keys: string,
  ): Promise<{ sink: HttpSink; agent: Agent; test: TestAgent; send: (lines: readonly string[]) => void }> {
    const sink = await startHttpSink();
    after(() => sink.stop());
    const board = await startLineServer();
    after(board.remove);
    const test = await testAgent(`
version: 1
agent: { http: false }
inputs:
  board: { type: serial, port: "tcp://127.0.0.1:${board.port}" }
outputs:
  store: { type: influxdb, url: "${sink.url}", ${keys}, batch: { max_wait: 20ms } }
`);
    after(() => test.remove());
    const agent = await test.start();
    after(() => agent.stop());
    await until("the connection", () =>
      agent.health.parts.some(({ part, condition }) => part === "input board" && condition === "ok"),
    );
    return { sink, agent, test, send: board.send };
  }

  const lines = (from = 0) =>
    Array.from({ length: COUNT }, (_, n) => `m${n % 3},s=${n % 5} n=${from + n} ${1_790_000_000 + from + n}000000000`);
  const taken = (sink: HttpSink) => new Set(sink.lines);
  const rejects = async (test: TestAgent) => {
    const text = await readFile(join(test.folder, "data/rejects/store.jsonl"), "utf8").catch(() => "");
    return text
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as RejectEntry);
  };

  const passing: readonly [string, readonly Answer[]][] = [
    ["401", [{ status: 401 }]],
    ["403", [{ status: 403 }]],
    ["404", [{ status: 404 }]],
    ["a status that nobody lists", [{ status: 418 }]],
    ["a redirect", [{ status: 302, headers: { location: "http://127.0.0.1:1/" } }]],
    ["413", [{ status: 413 }]],
    ["429", [{ status: 429, headers: { "retry-after": "1" } }]],
    ["503 with Retry-After", [{ status: 503, headers: { "retry-after": "1" } }]],
    ["500", [{ status: 500 }]],
    ["502", [{ status: 502 }]],
    ["a reset connection", ["reset"]],
    ["half an answer", ["cut"]],
    ["no HTTP at all", ["garbage"]],
  ];

  it.each(passing)("%s loses nothing and rejects nothing", async (_, answers) => {
    const { sink, agent, test, send } = await start("database: d");
    sink.next(...answers);
    send(lines());
    await until("every point", () => taken(sink).size === COUNT);
    expect(taken(sink)).toEqual(new Set(lines()));
    expect(agent.summary.outputs).toMatchObject([{ rejected: 0 }]);
    expect(await rejects(test)).toEqual([]);
  });

  it("says loudly that it needs somebody, and is not healthy meanwhile", async () => {
    const { sink, agent, test, send } = await start("database: d");
    sink.always({ status: 401, body: { error: "authorization failed" } });
    send(lines());
    await until("bad health", () => !agent.health.healthy);
    expect(agent.health.parts.find(({ part }) => part === "output store")?.detail).toMatch(/401|authorization/);
    sink.always({ status: 204 });
    await until("every point", () => taken(sink).size === COUNT);
    await until("good health", () => agent.health.healthy);
    expect(test.log.join("\n")).toMatch(/authorization failed/);
  });

  it("of 400 to everything, from the start, rejects nothing", async () => {
    const { sink, agent, send } = await start("database: d");
    sink.always({ status: 400, body: { error: "bad request" } });
    send(lines());
    await until("many refusals", () => sink.requests.length > 40);
    expect(agent.summary.outputs).toMatchObject([{ rejected: 0, delivered: 0 }]);
    sink.always({ status: 204 });
    await until("every point", () => taken(sink).size === COUNT);
    expect(agent.summary.outputs).toMatchObject([{ rejected: 0 }]);
  });

  it("of 400 to everything, after it had worked, rejects nothing", async () => {
    const { sink, agent, test, send } = await start("database: d");
    send(lines());
    await until("the first points", () => taken(sink).size === COUNT);
    sink.always({ status: 400, body: { error: "bad request" } });
    const before = sink.requests.length;
    send(lines(COUNT));
    await until("refusals", () => sink.requests.length > before + 3);
    sink.always({ status: 204 });
    await until("every point", () => taken(sink).size === 2 * COUNT);
    expect(agent.summary.outputs).toMatchObject([{ rejected: 0 }]);
    expect(await rejects(test)).toEqual([]);
  });

  it.each([
    ["v1", "database: d"],
    ["v1_conflict", "database: d"],
    ["v2", "org: o, bucket: b, token: t"],
    ["v2_conflict", "org: o, bucket: b, token: t"],
    ["v3", "database: d, token: t"],
  ] as const)("of a partial write in the manner of %s costs only the bad points", async (dialect, keys) => {
    const { sink, test, send } = await start(keys);
    const bad = (line: string) => / n=(7|23) /.test(line);
    sink.always(refusing(dialect, (line) => (bad(line) ? `conflict in ${/n=\d+/.exec(line)?.[0]}` : undefined)));
    send(lines());
    await until("the rejects", async () => (await rejects(test)).reduce((sum, { count }) => sum + count, 0) >= 2);
    await until("the good points", () => taken(sink).size === COUNT - 2);
    const kept = await rejects(test);
    expect(new Set(kept.map(({ line }) => line))).toEqual(new Set(lines().filter(bad)));
    for (const { step, channel, reason, first } of kept) {
      expect({ step, channel, reason }).toMatchObject({
        step: "write",
        channel: expect.stringContaining("127.0.0.1"),
        reason: expect.stringContaining("conflict"),
      });
      expect(first).toBeGreaterThanOrEqual(0);
    }
  });

  it("of 422 to some points costs only these", async () => {
    const { sink, test, send } = await start("database: d");
    const bad = (line: string) => / n=11 /.test(line);
    sink.always((request) =>
      request.lines.some(bad) ? { status: 422, body: { error: "outside retention" } } : { status: 204 },
    );
    send(lines());
    await until("the rejects", async () => (await rejects(test)).length === 1);
    await until("the good points", () => taken(sink).size === COUNT - 1);
  });
});
