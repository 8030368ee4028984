import { describe, expect, it } from "vitest";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { askRejects } from "../../src/agent/index.ts";
import { removeAfterEach } from "../parts/cleanup.ts";
import { runCommand, startCommand } from "../parts/command.ts";
import { type HttpSink, refusing, startHttpSink } from "../parts/http-sink.ts";
import { startInfluxd } from "../parts/influxd.ts";
import { startLineServer } from "../parts/line-server.ts";
import { startMosquitto } from "../parts/mosquitto.ts";
import { until } from "../parts/program.ts";

/** How many entries there are, without the start of a command. */
async function entriesIn(dataDir: string): Promise<number> {
  let count = 0;
  const request = { command: "rejects", action: "list" } as const;
  for await (const line of askRejects(dataDir, request, AbortSignal.timeout(20_000))) if ("entry" in line) count += 1;
  return count;
}

describe("fieldline rejects", () => {
  const { keep, after } = removeAfterEach();

  /** A folder with a configuration, and the agent in it. */
  async function start(configuration: string) {
    const folder = await mkdtemp(join(tmpdir(), "fieldline-rejects-"));
    after(() => rm(folder, { recursive: true, force: true }));
    const write = (text: string) => writeFile(join(folder, "fieldline.yaml"), text);
    await write(configuration);
    const agent = startCommand(["run"], folder);
    after(() => agent.stop());
    await until("the connection", () => /connected|reading tcp/.test(agent.stderr()));
    const rejects = (...args: readonly string[]) => runCommand(["rejects", ...args], folder);
    const listed = async (count: number) => {
      await until(`${count} entries`, async () => (await entriesIn(join(folder, "data"))) === count);
      return (await rejects("list")).stdout.trimEnd().split("\n");
    };
    return { folder, agent, write, rejects, listed };
  }

  /** A folder in which no agent has run. */
  async function unused(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "fieldline-rejects-"));
    after(() => rm(folder, { recursive: true, force: true }));
    const text = "version: 1\ninputs:\n  pipe: { type: stdin }\noutputs:\n  store: { type: stdout }\n";
    await writeFile(join(folder, "fieldline.yaml"), text);
    return folder;
  }

  async function startSink(): Promise<HttpSink> {
    const sink = await startHttpSink();
    after(() => sink.stop());
    return sink;
  }

  it("shows a payload that could not be decoded, and delivers it once the configuration is mended", async () => {
    const broker = keep(await startMosquitto());
    const sink = await startSink();
    const configuration = (decode: string) => `
version: 1
agent: { http: false }
inputs:
  grill: { type: mqtt, url: "${broker.url}", topics: ["bbq/{grill}/{field}"], decode: ${decode} }
outputs:
  store: { type: influxdb, url: "${sink.url}", database: bbq, batch: { max_wait: 20ms } }
`;
    const { agent, write, rejects, listed } = await start(configuration("{ type: value, measurement: bbq }"));
    const client = await broker.connect();
    for (const payload of ["1", "hot\n", "2", "hot\n", "3"])
      await client.publishAsync("bbq/kettle/temp", payload, { qos: 1 });
    await client.endAsync();
    await until("the good ones", () => sink.lines.length === 3);
    const [line = ""] = await listed(1);
    expect(line).toMatch(/^store\/1 {2}2x {2}decode {2}grill {2}bbq\/kettle\/temp {2}\d+-\d+ {2}20\S+Z {2}.*hot/);
    const [first = 0, last = 0] = (/ (\d+)-(\d+) /.exec(line) ?? []).slice(1).map(Number);
    expect(JSON.parse((await rejects("list", "--json", "--output", "store")).stdout)).toMatchObject([
      {
        output: "store",
        id: 1,
        count: 2,
        ranges: [
          [first, first],
          [last, last],
        ],
      },
    ]);
    const shown = (await rejects("show", "store/1")).stdout;
    expect(shown).toContain(`offsets: ${first}, ${last}\n`);
    expect(shown).toMatch(/^received: 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/m);
    expect(shown.match(/^payload: hot\\n$/gm)).toHaveLength(2);

    expect(await rejects("retry", "store/1")).toMatchObject({
      status: 0,
      stdout: "store/1: 2 readings, 0 points delivered, 2 rejects anew\n",
    });
    expect(await listed(1)).toEqual([expect.stringMatching(/^store\/2 {2}2x {2}decode/)]);

    await write(configuration("{ type: value, measurement: bbq, types: string }"));
    agent.child.kill("SIGHUP");
    await until("the reload", () => agent.stderr().includes("is in force"));
    const before = sink.lines.length;
    expect(await rejects("retry", "--all")).toEqual({
      status: 0,
      stdout: "store/2: 2 readings, 2 points delivered, 0 rejects anew\n",
      stderr: "",
    });
    const texts = sink.lines.slice(before).map((each) => each.slice(0, -20));
    expect(texts).toHaveLength(2);
    for (const text of texts) expect(text).toMatch(/^bbq,grill=kettle temp="hot/);
    expect(await rejects("list")).toEqual({ status: 0, stdout: "", stderr: "there are no rejects\n" });
    expect(await rejects("retry", "store/2")).toMatchObject({ status: 1, stdout: "" });
  });

  it("delivers what a store refused once it takes it, and until then makes a reject of it again", async () => {
    const sink = await startSink();
    const board = await startLineServer();
    after(board.remove);
    sink.always(refusing("v3", (line) => (line.includes("bad") ? "type conflict" : undefined)));
    const { rejects, listed } = await start(`
version: 1
agent: { http: false }
inputs:
  board: { type: serial, port: "tcp://127.0.0.1:${board.port}" }
outputs:
  store: { type: influxdb, url: "${sink.url}", database: bbq, batch: { max_wait: 20ms } }
`);
    board.send(["m good=1 1790000000000000000", "m bad=1 1790000001000000000", "m good=2 1790000002000000000"]);
    expect(await listed(1)).toEqual([expect.stringMatching(/^store\/1 {2}1x {2}write {2}board .* type conflict$/)]);
    expect((await rejects("show", "store/1")).stdout).toContain("point: m bad=1 1790000001000000000\n");
    expect((await rejects("retry", "store/1")).stdout).toMatch(/ 0 points delivered, 1 reject anew\n$/);
    expect(await listed(1)).toEqual([expect.stringMatching(/^store\/2 {2}1x {2}write /)]);
    sink.always({ status: 204 });
    expect(await rejects("retry", "store/2")).toMatchObject({
      status: 0,
      stdout: "store/2: 1 reading, 1 point delivered, 0 rejects anew\n",
    });
    expect(sink.lines.at(-1)).toBe("m bad=1 1790000001000000000");
    expect((await rejects("list")).stdout).toBe("");
  });

  it("says why in a real influxd's words, with offset and point, and delivers after either is mended", async () => {
    const influxd = keep(await startInfluxd());
    const board = await startLineServer();
    after(board.remove);
    const configuration = (processors: string) => `
version: 1
agent: { http: false }
inputs:
  board: { type: serial, port: "tcp://127.0.0.1:${board.port}" }
${processors}outputs:
  store: { type: influxdb, url: "${influxd.url}", database: d, create_database: true, batch: { max_wait: 20ms } }
`;
    const { agent, write, rejects, listed } = await start(configuration(""));
    board.send(["m v=1 1000000000", 'm v="hot" 2000000000', 'n v="hot" 3000000000']);
    await until("the good ones", async () => (await influxd.count("d", "n", "v")) === 1);
    board.send(["n v=2 4000000000"]);
    const lines = await listed(2);
    for (const [entry, step, measurement] of [
      [lines[0], "store/1", "m"],
      [lines[1], "store/2", "n"],
    ] as const) {
      expect(entry).toMatch(
        new RegExp(`^${step} {2}1x {2}write {2}board {2}\\S+ {2}\\d+ {2}20.*field type conflict.* "${measurement}"`),
      );
      expect((await rejects("show", step)).stdout).toMatch(
        new RegExp(`^point: ${measurement} v=.* [24]000000000$`, "m"),
      );
    }
    await influxd.query("DROP MEASUREMENT m", "d");
    expect((await rejects("retry", "store/1")).stdout).toMatch(/ 1 point delivered, 0 rejects anew\n$/);
    expect(await influxd.points("d", "m")).toMatchObject([{ v: "hot" }]);
    await write(configuration("processors:\n  - { type: rename, fields: { v: w } }\n"));
    agent.child.kill("SIGHUP");
    await until("the reload", () => agent.stderr().includes("is in force"));
    expect((await rejects("retry", "store/2")).stdout).toMatch(/ 1 point delivered, 0 rejects anew\n$/);
    expect(await influxd.points("d", "n")).toMatchObject([{ v: "hot" }, { w: 2 }]);
    expect(await listed(0)).toEqual([""]);
  }, 60_000);

  it("works on the files without an agent, but for retry", async () => {
    const sink = await startSink();
    const board = await startLineServer();
    after(board.remove);
    const { agent, folder, rejects, listed } = await start(`
version: 1
agent: { http: false }
inputs:
  board: { type: serial, port: "tcp://127.0.0.1:${board.port}" }
outputs:
  store: { type: influxdb, url: "${sink.url}", database: bbq, batch: { max_wait: 20ms } }
`);
    board.send(["what\tis this", "m =1"]);
    const before = await listed(2);
    await agent.stop();
    expect((await rejects("list")).stdout.trimEnd().split("\n")).toEqual(before);
    expect((await rejects("show", "store/1")).stdout).toContain(String.raw`payload: what\tis this`);
    const retried = await rejects("retry", "--all");
    expect(retried).toMatchObject({ status: 1, stdout: "" });
    expect(retried.stderr).toContain("start one with fieldline run");
    expect(await rejects("drop", "store/1")).toEqual({ status: 0, stdout: "store/1: dropped\n", stderr: "" });
    expect((await rejects("list")).stdout).toBe(`${before[1]}\n`);
    expect(await rejects("drop", "store/1")).toMatchObject({ status: 1, stdout: "" });
    await rm(join(folder, "data/journal"), { recursive: true });
    expect(await rejects("show", "store/2")).toMatchObject({
      status: 0,
      stderr: "its readings are no longer in the journal\n",
    });
    const again = startCommand(["run"], folder);
    after(() => again.stop());
    await until("the agent", () => /reading tcp/.test(again.stderr()));
    expect(await rejects("retry", "store/2")).toMatchObject({
      status: 2,
      stdout:
        "store/2: 0 readings, 0 points delivered, 0 rejects anew; kept: its readings are no longer in the journal\n",
    });
    expect(await listed(1)).toEqual([before[1]]);
    expect((await rejects("drop", "--all")).stdout).toBe("store/2: dropped\n");
    expect((await rejects("list")).stdout).toBe("");
  }, 60_000);

  it("says before the first run that there are none", async () => {
    const folder = await unused();
    for (const args of [["list"], ["drop", "--all"]]) {
      const nothing = { status: 0, stdout: "", stderr: "there are no rejects\n" };
      expect(await runCommand(["rejects", ...args], folder)).toEqual(nothing);
    }
    expect(await runCommand(["rejects", "list", "--json"], folder)).toEqual({ status: 0, stdout: "[]\n", stderr: "" });
    expect(await runCommand(["rejects", "drop", "store/1"], folder)).toMatchObject({ status: 1, stdout: "" });
    expect(existsSync(join(folder, "data"))).toBe(false);
  });

  it.each([[["show", "store"]], [["drop"]], [["retry", "store/1", "--all"]]])("%j is a wrong request", async (args) => {
    const folder = await unused();
    const { status, stdout, stderr } = await runCommand(["rejects", ...args], folder);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/such as influx\/3/);
  });
});
