import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CursorStore } from "../../src/journal/index.ts";
import { testAgent } from "../parts/agent.ts";
import { removeAfterEach } from "../parts/cleanup.ts";
import { runCommand, startCommand } from "../parts/command.ts";
import { startHttpSink } from "../parts/http-sink.ts";
import { startLineServer } from "../parts/line-server.ts";
import { freePort, until } from "../parts/program.ts";

describe("after an outage", () => {
  const { keep, after } = removeAfterEach();

  /** A board and a store, with an agent between them that a user would start. */
  async function setUp(output: string) {
    const sink = await startHttpSink();
    after(() => sink.stop());
    const board = keep(await startLineServer());
    const port = await freePort();
    const { folder } = keep(
      await testAgent(`version: 1
agent: { http: "127.0.0.1:${port}", stop_timeout: 5m }
inputs:
  board: { type: serial, port: "tcp://127.0.0.1:${board.port}" }
outputs:
  store: { type: influxdb, url: "${sink.url}", database: d, ${output} }
`),
    );
    const get = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).text();
    const metric = async (name: string) =>
      Number(new RegExp(`^${name}\\{.*\\} (\\d+)$`, "m").exec(await get("/metrics"))?.[1] ?? 0);
    const run = async () => {
      const command = startCommand(["run"], folder);
      after(() => command.child.kill("SIGKILL"));
      await until("the board", () => command.stderr().includes("reading"));
      return command;
    };
    const send = async (from: number, to: number) => {
      const before = await metric("fieldline_readings_total");
      board.send(Array.from({ length: to - from }, (_, index) => `m n=${from + index}i ${from + index + 1}`));
      await until("the readings", async () => (await metric("fieldline_readings_total")) >= before + to - from);
    };
    const numbers = () => sink.lines.map((line) => Number(/n=(\d+)i/.exec(line)?.[1]));
    return { sink, folder, get, metric, run, send, numbers };
  }
  const all = Array.from({ length: 5_000 }, (_, number) => number);

  it("the first points that arrive are the newest, all arrive, and a SIGKILL in the middle of it loses none", async () => {
    const { sink, metric, run, send, numbers } = await setUp(
      "backlog: newest_first, batch: { max_points: 500, max_wait: 20ms }",
    );
    const first = await run();
    await send(0, 1);
    await until("a first point", () => sink.lines.length === 1);
    await sink.stop();
    await send(1, 5_000);
    const failed = async () => metric("fieldline_failed_writes_total");
    const failures = await failed();
    await until("an attempt", async () => (await failed()) > failures);
    const before = sink.requests.length;
    sink.always(() => (sink.requests.length > before + 3 ? "stall" : { status: 204 }));
    await sink.start();
    await until("the catching up", () => sink.requests.length > before + 3);
    expect(sink.requests[before]?.lines.at(-1)).toBe("m n=4999i 5000");
    expect(
      numbers()
        .slice(1, 501)
        .toSorted((one, other) => one - other),
    ).toEqual(all.slice(4_500));
    first.child.kill("SIGKILL");
    await first.exit;
    sink.always({ status: 204 });
    const second = await run();
    await until("all points", () => new Set(numbers()).size === 5_000);
    expect(await second.stop()).toBe(0);
    const third = await run();
    const { length } = sink.lines;
    await send(5_000, 5_001);
    await until("the new one alone", () => sink.lines.length > length);
    expect(numbers().slice(length)).toEqual([5_000]);
    await third.stop();
  });

  it("a day's bytes let through no more than that, also over restarts, and the rest on the next days", async () => {
    const { sink, folder, get, run, send, numbers } = await setUp(
      "limits: { bytes_per_day: 64KiB }, gzip: false, batch: { max_wait: 20ms }",
    );
    const bytes = () => sink.requests.reduce((sum, { headers }) => sum + Number(headers["content-length"]), 0);
    const capped = () => until("the end of the day's bytes", async () => (await get("/health")).includes('"capped"'));
    let command = await run();
    await send(0, 5_000);
    await capped();
    const sent = bytes();
    expect(sent).toBeLessThanOrEqual(64 * 1024);
    expect(sent).toBeGreaterThan(48 * 1024);
    expect((await get("/health")).includes('"failing"')).toBe(false);
    // Each of them would otherwise wait for the next day, as long as `stop_timeout` lets it.
    for (const change of ["pause", "resume"])
      expect(await runCommand(["journal", "cursors", change, "store"], folder)).toMatchObject({ status: 0 });
    await command.stop();
    command = await run();
    await capped();
    expect(bytes()).toBe(sent);
    expect(command.stderr()).toContain("limits.bytes_per_day is used up");
    await command.stop();
    for (let day = 1; sink.lines.length < 5_000; day++) {
      const cursors = await CursorStore.open(join(folder, "data/cursors"));
      const cursor = cursors.load("store");
      if (cursor?.sent === undefined) throw new Error("what was sent is not on disk");
      await cursors.save("store", { ...cursor, sent: { ...cursor.sent, day: cursor.sent.day - 1 } });
      command = await run();
      await until("another day's bytes", async () => {
        if (sink.lines.length === 5_000) return true;
        return (await get("/health")).includes('"capped"');
      });
      expect(bytes()).toBeLessThanOrEqual((day + 1) * 64 * 1024);
      await command.stop();
    }
    expect(numbers()).toEqual(all);
  });
});
