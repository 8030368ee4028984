import { describe, expect, it } from "vitest";
import { testAgent } from "../parts/agent.ts";
import { removeAfterEach } from "../parts/cleanup.ts";
import { runCommand, startCommand } from "../parts/command.ts";
import { startHttpSink } from "../parts/http-sink.ts";
import { startLineServer } from "../parts/line-server.ts";
import { freePort, until } from "../parts/program.ts";

describe("a paused output", () => {
  const { keep, after } = removeAfterEach();

  it("delivers nothing, also over a reload, a kill and a start, until it is resumed; the others go on", async () => {
    const [sink, other] = [await startHttpSink(), await startHttpSink()];
    after(() => sink.stop());
    after(() => other.stop());
    const board = keep(await startLineServer());
    const port = await freePort();
    const store = (url: string) => `{ type: influxdb, url: "${url}", database: d, batch: { max_wait: 20ms } }`;
    const { folder } = keep(
      await testAgent(`version: 1
agent: { http: "127.0.0.1:${port}" }
inputs:
  board: { type: serial, port: "tcp://127.0.0.1:${board.port}" }
outputs:
  store: ${store(sink.url)}
  other: ${store(other.url)}
`),
    );
    const cursors = (...args: string[]) => runCommand(["journal", "cursors", ...args], folder);
    let agent = startCommand(["run"], folder);
    after(() => agent.child.kill("SIGKILL"));
    const send = async (n: number) => {
      board.send([`m n=${n} ${n}`]);
      await until("the other output", () => other.lines.includes(`m n=${n} ${n}`));
    };
    await until("the board", () => board.connections() === 1);
    await send(1);
    await until("the first", () => sink.lines.length === 1);

    expect(await cursors("pause", "stroe")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('did you mean "store"'),
    });
    expect(await cursors("pause", "store")).toMatchObject({
      status: 0,
      stdout: "output store delivers nothing until it is resumed\n",
    });
    expect((await cursors("pause", "store")).stdout).toBe("output store is paused already\n");
    expect(agent.stderr()).toMatch(/paused: it delivers nothing until it is resumed; it still holds the journal/);
    await send(2);
    const health = await fetch(`http://127.0.0.1:${port}/health`);
    const parts = { part: "output store", condition: "paused" };
    expect([health.status, await health.json()]).toMatchObject([
      200,
      { parts: expect.arrayContaining([expect.objectContaining(parts)]) },
    ]);

    agent.child.kill("SIGHUP");
    await until("the reload", () => agent.stderr().includes("is in force"));
    await send(3);
    agent.child.kill("SIGKILL");
    await agent.exit;
    agent = startCommand(["run"], folder);
    await until("the board", () => board.connections() === 2);
    await send(4);
    expect(await agent.stop()).toBe(0);
    expect(sink.lines).toEqual(["m n=1 1"]);

    expect((await cursors("resume", "store")).stdout).toBe(
      "output store delivers from its cursor on, once an agent runs\n",
    );
    expect((await cursors("pause", "store")).stdout).toMatch(/once an agent runs/);
    agent = startCommand(["run"], folder);
    await until("the board", () => board.connections() === 3);
    await send(5);
    expect(sink.requests).toHaveLength(1);
    expect((await cursors("resume", "store")).stdout).toBe("output store delivers from its cursor on\n");
    await until("all", () => sink.lines.length === 5);
    expect(sink.lines).toEqual([1, 2, 3, 4, 5].map((n) => `m n=${n} ${n}`));
    expect(await agent.stop()).toBe(0);
  });
});
