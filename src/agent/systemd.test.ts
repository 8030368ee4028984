import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { removeAfterEach } from "../../test/parts/cleanup.ts";
import { startNotifySocket } from "../../test/parts/notify-socket.ts";
import { until } from "../../test/parts/program.ts";
import { Health } from "../observe/index.ts";
import type { Log } from "../plugin/index.ts";
import { Systemd } from "./systemd.ts";

describe("what systemd is told", () => {
  const { keep, after } = removeAfterEach();
  const said: string[] = [];
  const write = (_: object, message: string) => void said.push(message);
  const log: Log = { debug: write, info: write, warn: write, error: write };

  async function open(more: NodeJS.ProcessEnv = {}) {
    const folder = await mkdtemp(join(tmpdir(), "fieldline-systemd-"));
    after(() => rm(folder, { recursive: true }));
    const socket = keep(await startNotifySocket(join(folder, "notify")));
    const environment = { PATH: process.env["PATH"], NOTIFY_SOCKET: socket.address, ...more };
    const systemd = Systemd.take(environment, log);
    if (systemd === undefined) throw new Error("there is a socket");
    after(() => systemd.close());
    return { socket, systemd, environment, told: () => socket.messages().flat() };
  }

  it("nothing, without its socket; and what is meant for the agent alone leaves the environment", async () => {
    const alone = { PATH: "/bin", WATCHDOG_USEC: "1000", WATCHDOG_PID: "1" };
    expect(Systemd.take(alone, log)).toBeUndefined();
    expect(alone).toEqual({ PATH: "/bin" });
    const { environment } = await open({ WATCHDOG_USEC: "1000000", WATCHDOG_PID: "1" });
    expect(environment).toEqual({ PATH: process.env["PATH"] });
  });

  it("no sign of life while the journal is stuck, which is logged once", async () => {
    const { systemd, socket, told } = await open({ WATCHDOG_USEC: "100000" });
    const agent = { health: new Health(), stuck: false };
    systemd.running(agent);
    await until("a ping", () => told().includes("WATCHDOG=1"));
    agent.stuck = true;
    await until("the log", () => said.length > 0);
    const pings = () => told().filter((line) => line === "WATCHDOG=1").length;
    const before = pings();
    for (let n = 0; n < 3; n++) {
      const messages = socket.messages().length;
      agent.health.set(`output ${n}`, "failing", `trouble ${n}`);
      await until("a status", () => socket.messages().length > messages);
    }
    // One may have been on its way.
    expect(pings()).toBeLessThanOrEqual(before + 1);
    expect(said).toEqual([expect.stringContaining("watchdog is to restart the agent")]);
    agent.stuck = false;
    await until("a ping again", () => pings() > before + 1);
  });

  it("a status of one line, bounded, that names what fails", async () => {
    const { systemd, told } = await open();
    const health = new Health();
    health.set("input grill", "ok");
    health.set("output away", "paused", "by somebody");
    health.set("output influx", "failing", `first\nsecond ${"x".repeat(1_000)}`);
    systemd.running({ health, stuck: false });
    await until("the status", () => told().length === 2);
    expect(told()[1]).toMatch(
      /^STATUS=running: 1 input, 2 outputs; paused: output away; failing: output influx: first second x+$/,
    );
    expect(told()[1]?.length).toBeLessThan(400);
  });
});
