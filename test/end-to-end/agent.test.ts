import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Agent } from "../../src/agent/index.ts";
import { testAgent } from "../parts/agent.ts";
import { removeAfterEach } from "../parts/cleanup.ts";
import { startCommand } from "../parts/command.ts";
import { startHttpSink } from "../parts/http-sink.ts";
import { type LineServer, startLineServer } from "../parts/line-server.ts";
import { freePort, until } from "../parts/program.ts";

describe("an agent", () => {
  const { keep, after } = removeAfterEach();

  async function parts() {
    const sink = await startHttpSink();
    after(() => sink.stop());
    return { sink, board: keep(await startLineServer()) };
  }
  const serial = (board: LineServer, more = "") =>
    `inputs:\n  board: { type: serial, port: "tcp://127.0.0.1:${board.port}"${more} }\n`;
  const store = (url: string, more = "") =>
    `{ type: influxdb, url: "${url}", database: d, batch: { max_wait: 20ms }${more} }`;
  const connected = (agent: Agent) =>
    until("the board", () =>
      agent.health.parts.some(({ part, condition }) => part === "input board" && condition === "ok"),
    );

  it("answers /health and /metrics", async () => {
    const { sink, board } = await parts();
    const port = await freePort();
    const test = keep(
      await testAgent(
        `version: 1\nagent: { name: patio, http: "127.0.0.1:${port}" }\n${serial(board)}outputs:\n  store: ${store(sink.url)}\n`,
      ),
    );
    const agent = await test.start();
    after(() => agent.stop());
    await connected(agent);
    board.send(["m n=1 1", "bad", "m n=2 2"]);
    await until("the points", () => sink.lines.length === 2);
    const health = await fetch(`http://127.0.0.1:${port}/health`);
    expect([health.status, await health.json()]).toMatchObject([200, { name: "patio", status: "ok" }]);
    // The store has them before the agent has its answer.
    let metrics = "";
    await until("the count", async () => {
      metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      return /^fieldline_delivered_points_total\{output="store"\} 2$/m.test(metrics);
    });
    expect(metrics).toMatch(/^fieldline_readings_total\{input="board"\} [3-9]$/m);
    expect(metrics).toMatch(/^fieldline_rejects_by_step_total\{output="store",step="decode"\} 1$/m);
    sink.always({ status: 401 });
    board.send(["m n=3 3"]);
    await until("bad health", async () => (await fetch(`http://127.0.0.1:${port}/health`)).status === 503);
    expect((await fetch(`http://127.0.0.1:${port}/nothing`)).status).toBe(404);
    sink.always({ status: 204 });
  });

  it("counts what it leaves out, by input and reason, in its log, /health and /metrics", async () => {
    const { sink, board } = await parts();
    sink.always({ status: 503 });
    const [port, thinned] = [await freePort(), keep(await startLineServer())];
    const test = keep(
      await testAgent(`version: 1
agent: { http: "127.0.0.1:${port}", stop_timeout: 100ms }
journal: { max_size: 1MiB }
${serial(board, ", max_reading: 1KiB")}
  thinned: { type: serial, port: "tcp://127.0.0.1:${thinned.port}", thin: { every: 1h } }
outputs:
  store: ${store(sink.url)}
`),
    );
    const agent = await test.start();
    after(() => agent.stop());
    const lossesOf = async (part: string) => {
      const answer = await fetch(`http://127.0.0.1:${port}/health`);
      const { parts: all } = (await answer.json()) as Pick<Agent["health"], "parts">;
      return all.find((each) => each.part === part)?.losses ?? {};
    };
    await connected(agent);
    board.send([`m v="${"x".repeat(2_000)}"`]);
    await until("the long one", async () => (await lossesOf("input board"))["oversized"] === 1);
    await until("the thinned ones", async () => {
      thinned.send(["m v=1", "m v=2", "m v=3"]);
      return ((await lossesOf("input thinned"))["thinned"] ?? 0) > 0;
    });
    await until("a full journal", async () => {
      board.send(Array.from({ length: 500 }, () => `m v="${"x".repeat(900)}"`));
      return ((await lossesOf("input board"))["dropped_full"] ?? 0) > 0;
    });
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    for (const series of ['board",reason="oversized', 'board",reason="dropped_full', 'thinned",reason="thinned'])
      expect(metrics).toMatch(new RegExp(`^fieldline_left_out_total\\{input="${series}"\\} [1-9]`, "m"));
    expect(test.log.join("\n")).toMatch(/the journal was full .* dropped; .*"input":"board","reason":"dropped_full"/);
  });

  it("runs although its page's address is taken, and says so", async () => {
    const { sink, board } = await parts();
    const test = keep(
      await testAgent(
        `version: 1\nagent: { http: "${sink.url.slice(7)}" }\n${serial(board)}outputs:\n  store: ${store(sink.url)}\n`,
      ),
    );
    const agent = await test.start();
    after(() => agent.stop());
    expect(test.log.join("\n")).toMatch(/not served.*set agent\.http/);
  });

  it("applies from, shared processors, when and an output's own processors in that order", async () => {
    const { sink, board } = await parts();
    const other = await startHttpSink();
    after(() => other.stop());
    const elsewhere = keep(await startLineServer());
    const test = keep(
      await testAgent(`version: 1
agent: { http: false, tags: { site: home } }
${serial(board, ", tags: { room: patio }")}
  elsewhere: { type: serial, port: "tcp://127.0.0.1:${elsewhere.port}" }
processors:
  - { type: scale, from: [board], fields: { temp_c: temp_f }, multiply: 1.8, offset: 32 }
outputs:
  hot:
    type: influxdb
    url: ${sink.url}
    database: d
    from: [board]
    when: fields.temp_f > 212.0
    processors: [{ type: rename, fields: { temp_f: fahrenheit } }]
    batch: { max_wait: 20ms }
  all: ${store(other.url)}
`),
    );
    const agent = await test.start();
    after(() => agent.stop());
    await until(
      "both",
      () =>
        agent.health.parts.filter(({ part, condition }) => part.startsWith("input") && condition === "ok").length === 2,
    );
    for (const source of [board, elsewhere]) source.send(["t temp_c=99 1", "t temp_c=110 2", "t other=1 3"]);
    await until("the points", () => sink.lines.length === 1 && other.lines.length === 6);
    expect(sink.lines).toEqual(["t,site=home,room=patio temp_c=110,fahrenheit=230 2"]);
    expect(new Set(other.lines)).toEqual(
      new Set([
        "t,site=home,room=patio temp_c=99,temp_f=210.2 1",
        "t,site=home,room=patio temp_c=110,temp_f=230 2",
        "t,site=home,room=patio other=1 3",
        "t,site=home temp_c=99 1",
        "t,site=home temp_c=110 2",
        "t,site=home other=1 3",
      ]),
    );
  });

  it("keeps the beginning of a reading above max_reading as a reject and goes on", async () => {
    const { sink, board } = await parts();
    const test = keep(
      await testAgent(
        `version: 1\nagent: { http: false }\n${serial(board, ", max_reading: 100B")}outputs:\n  store: ${store(sink.url)}\n`,
      ),
    );
    const agent = await test.start();
    after(() => agent.stop());
    await connected(agent);
    board.send([`m s="${"x".repeat(200)}" 1`, "m n=2 2"]);
    await until("the good one", () => sink.lines.includes("m n=2 2"));
    await until("the reject", () => agent.summary.outputs[0]?.rejected === 1);
    expect(test.log.join("\n")).toMatch(/more than the input's max_reading/);
  });

  it("lets one reading of a channel through in each period of thin", async () => {
    const { sink, board } = await parts();
    const test = keep(
      await testAgent(
        `version: 1\nagent: { http: false }\n${serial(board, ", thin: { every: 300ms }")}outputs:\n  store: ${store(sink.url)}\n`,
      ),
    );
    const agent = await test.start();
    after(() => agent.stop());
    await connected(agent);
    board.send(Array.from({ length: 50 }, (_, n) => `m n=${n} ${n + 1}`));
    await until("the last one", () => sink.lines.includes("m n=49 50"));
    expect(sink.lines.length).toBeLessThan(10);
  });

  it("gives a new output the journal from its end or from its beginning, and takes a damaged cursor for the beginning", async () => {
    const { sink, board } = await parts();
    const late = await startHttpSink();
    const early = await startHttpSink();
    after(() => late.stop());
    after(() => early.stop());
    const base = `version: 1\nagent: { http: false }\n${serial(board)}outputs:\n  store: ${store(sink.url)}\n`;
    const test = keep(await testAgent(base));
    const first = await test.start();
    await connected(first);
    board.send(["m n=1 1"]);
    await until("the point", () => sink.lines.length === 1);
    await first.stop();

    await writeFile(
      join(test.folder, "fieldline.yaml"),
      `${base}  late: ${store(late.url)}\n  early: ${store(early.url, ", start: beginning")}\n`,
    );
    const second = await test.start();
    await connected(second);
    board.send(["m n=2 2"]);
    await until("both", () => early.lines.includes("m n=2 2") && late.lines.includes("m n=2 2"));
    await second.stop();
    expect([early.lines, late.lines, sink.lines]).toEqual([
      ["m n=1 1", "m n=2 2"],
      ["m n=2 2"],
      ["m n=1 1", "m n=2 2"],
    ]);

    await writeFile(join(test.folder, "data/cursors/late.json"), "garbage");
    const third = await test.start();
    await until("everything again", () => late.lines.length === 3);
    await third.stop();
    expect(late.lines).toEqual(["m n=2 2", "m n=1 1", "m n=2 2"]);
    expect(test.log.join("\n")).toMatch(/late\.json is damaged/);
  });

  it("runs without a disk when durability is memory, and goes on after a restart", async () => {
    const { sink, board } = await parts();
    const test = keep(
      await testAgent(
        `version: 1\nagent: { http: false }\njournal: { durability: memory }\n${serial(board)}outputs:\n  store: ${store(sink.url)}\n`,
      ),
    );
    for (const line of ["m n=1 1", "m n=2 2"]) {
      const agent = await test.start();
      await connected(agent);
      board.send([line]);
      await until(line, () => sink.lines.includes(line));
      await agent.stop();
    }
    expect(sink.lines).toEqual(["m n=1 1", "m n=2 2"]);
  });

  it("stops within stop_timeout when a store does not answer, and delivers the rest at the next start", async () => {
    const { sink, board } = await parts();
    const test = keep(
      await testAgent(
        `version: 1\nagent: { http: false, stop_timeout: 300ms }\n${serial(board)}outputs:\n  store: ${store(sink.url)}\n`,
      ),
    );
    sink.always("stall");
    const first = await test.start();
    await connected(first);
    board.send(["m n=1 1"]);
    await until("the request", () => sink.requests.length === 1);
    await first.stop();
    sink.always({ status: 204 });
    const second = await test.start();
    await until("the point", () => sink.lines.length === 1);
    await second.stop();
    expect(sink.lines).toEqual(["m n=1 1"]);
  });

  it("reloads by itself when its file changes and reload is watch", async () => {
    const { board } = await parts();
    const configuration = (site: string) =>
      `version: 1\nagent: { http: false, reload: watch, tags: { site: ${site} } }\n${serial(board)}outputs:\n  console: { type: stdout, batch: { max_wait: 20ms } }\n`;
    const { folder } = keep(await testAgent(configuration("home")));
    const command = startCommand(["run"], folder);
    after(() => command.stop());
    await until("the board", () => command.stderr().includes("reading"));
    await writeFile(join(folder, "fieldline.yaml"), configuration("garden"));
    await until("the reload", () => command.stderr().includes("is in force"));
    await until("the new tag", () => {
      board.send(["m n=1 1"]);
      return command.stdout().includes("m,site=garden n=1 1");
    });
  });
});
