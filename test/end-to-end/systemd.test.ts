import { randomUUID } from "node:crypto";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { describe, expect, it } from "vitest";
import { removeAfterEach } from "../parts/cleanup.ts";
import { type RunningCommand, startCommand } from "../parts/command.ts";
import { startHttpSink } from "../parts/http-sink.ts";
import { startLineServer } from "../parts/line-server.ts";
import { startNotifySocket } from "../parts/notify-socket.ts";
import { findProgram, until } from "../parts/program.ts";

describe("under systemd", () => {
  const { keep, after } = removeAfterEach();

  /** A folder with a configuration whose store is down, and a service manager's socket. */
  async function unit(address?: string) {
    findProgram("systemd-notify");
    const folder = await mkdtemp(join(tmpdir(), "fieldline-systemd-"));
    after(() => rm(folder, { recursive: true, force: true }));
    const board = keep(await startLineServer());
    const sink = await startHttpSink();
    after(() => sink.stop());
    await sink.stop();
    const socket = keep(await startNotifySocket(address ?? join(folder, "notify")));
    const configuration = `version: 1
agent: { http: false, stop_timeout: 2s }
inputs:
  board: { type: serial, port: "tcp://127.0.0.1:${board.port}" }
outputs:
  store: { type: influxdb, url: "${sink.url}", database: d, batch: { max_wait: 20ms } }
`;
    const write = (text: string) => writeFile(join(folder, "fieldline.yaml"), text);
    await write(configuration);
    const run = (environment: NodeJS.ProcessEnv = {}): RunningCommand => {
      const command = startCommand(["run"], folder, { NOTIFY_SOCKET: socket.address, ...environment });
      after(async () => {
        command.child.kill("SIGKILL");
        await command.exit;
      });
      return command;
    };
    const count = (assignment: string) => socket.messages().filter((message) => message.includes(assignment)).length;
    const told = () => socket.messages().flat();
    return { folder, board, sink, socket, configuration, write, run, count, told };
  }

  it("is ready once it runs although the store is down, says so in its status, and tells when it stops", async () => {
    const { board, run, count, told, sink } = await unit();
    const agent = run({ WATCHDOG_USEC: "400000" });
    await until("ready", () => count("READY=1") === 1);
    expect(agent.stderr()).toContain(" runs");
    const statuses = () => told().filter((line) => line.startsWith("STATUS="));
    await until("the store's trouble", () => {
      board.send(["m v=1 1"]);
      return /^STATUS=running: 1 input, 1 output; failing: output store: .*refused the connection/.test(
        statuses().at(-1) ?? "",
      );
    });
    await sink.start();
    await until("the end of the trouble", () => statuses().at(-1) === "STATUS=running: 1 input, 1 output");
    expect(count("STOPPING=1")).toBe(0);
    expect(await agent.stop()).toBe(0);
    await until("the stop", () => count("STOPPING=1") === 1);
    expect(told()).toContain("EXTEND_TIMEOUT_USEC=32000000");
    expect(count("READY=1")).toBe(1);
  });

  it("is not ready when the start fails", async () => {
    const { folder, run, told } = await unit();
    await writeFile(join(folder, "data"), "a file where the folder should be");
    const agent = run();
    expect(await agent.exit).toBe(2);
    expect(told()).toEqual([]);
  });

  it("feeds the watchdog while it is alive, on an abstract socket too, and not when it stands still", async () => {
    const { run, count } = await unit(`@fieldline-${randomUUID()}`);
    const agent = run({ WATCHDOG_USEC: "400000" });
    await until("three pings", () => count("WATCHDOG=1") >= 3);
    agent.child.kill("SIGSTOP");
    // What was on its way when it stood still.
    let before = -1;
    await until("quiet", async () => {
      const now = count("WATCHDOG=1");
      const quiet = now === before;
      before = now;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      return quiet;
    });
    agent.child.kill("SIGCONT");
    await until("pings again", () => count("WATCHDOG=1") > before);
    expect(await agent.stop()).toBe(0);
  });

  it("does not feed a watchdog that is meant for another process", async () => {
    const { run, count, told } = await unit();
    const agent = run({ WATCHDOG_USEC: "100000", WATCHDOG_PID: "1" });
    await until("ready", () => count("READY=1") === 1);
    agent.child.kill("SIGHUP");
    await until("ready again", () => count("READY=1") === 2);
    await agent.stop();
    expect(told()).not.toContain("WATCHDOG=1");
  });

  it("tells of reloads, also of one that is refused, by the monotonic clock", async () => {
    const { run, socket, count, told, write, configuration } = await unit();
    const agent = run();
    await until("ready", () => count("READY=1") === 1);
    const now = () => Number(process.hrtime.bigint() / 1_000n);
    const times = [now()];
    for (const [text, ready] of [
      ["version: nonsense", 2],
      [configuration.replace("20ms", "30ms"), 3],
    ] as const) {
      await write(text);
      agent.child.kill("SIGHUP");
      await until("ready again", () => count("READY=1") === ready);
    }
    const order = socket.messages().map(([first]) => first);
    expect(order).toEqual(["READY=1", "RELOADING=1", "READY=1", "RELOADING=1", "READY=1"]);
    times.push(
      ...told().flatMap((line) => (line.startsWith("MONOTONIC_USEC=") ? [Number(line.slice(15))] : [])),
      now(),
    );
    expect(times).toHaveLength(4);
    expect(times).toEqual(times.toSorted((one, other) => one - other));
    await agent.stop();
  });

  it("does not pass the socket on to other children", async () => {
    const { folder, run, count, write, configuration } = await unit();
    await writeFile(
      join(folder, "spy.js"),
      `import { defineInput } from "fieldline/plugin";
import { execFileSync } from "node:child_process";
export default defineInput({
  name: "spy", summary: "Prints its environment.", settings: {}, examples: ["type: spy"], decoder: "line_protocol",
  create: (_, { log }) => ({
    async run(emit, signal) {
      const names = execFileSync("env").toString().split("\\n").map((line) => line.split("=")[0]);
      log.info({ names: names.filter((name) => /NOTIFY|WATCHDOG/.test(name)) }, "the spy saw");
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    },
  }),
});
`,
    );
    await write(
      configuration.replace("inputs:", "plugins: [./spy.js]\ninputs:\n  spy: { type: spy, decode: line_protocol }"),
    );
    const agent = run({ WATCHDOG_USEC: "30000000", WATCHDOG_PID: "" });
    await until("the spy", () => agent.stderr().includes("the spy saw"));
    await until("ready", () => count("READY=1") === 1);
    expect(agent.stderr()).toMatch(/"names":\[\].*the spy saw/);
    await agent.stop();
  });

  it("runs without systemd-notify, and warns once what to install", async () => {
    const { run, told } = await unit();
    const agent = run({ PATH: "/nonexistent", WATCHDOG_USEC: "40000" });
    await until("the warning", () => agent.stderr().includes("systemd-notify"));
    agent.child.kill("SIGHUP");
    await until("the reload", () => agent.stderr().includes("is in force"));
    expect(await agent.stop()).toBe(0);
    expect(agent.stderr().match(/systemd-notify: install the package systemd/g)).toHaveLength(1);
    expect(told()).toEqual([]);
  });

  it("is not held up by a systemd-notify that hangs or fails", async () => {
    const { folder, run } = await unit();
    await mkdir(join(folder, "bin"));
    const program = join(folder, "bin/systemd-notify");
    const path = [join(folder, "bin"), process.env["PATH"]].join(delimiter);
    await writeFile(program, "#!/bin/sh\necho hangs >> called\nexec sleep 600\n");
    await chmod(program, 0o755);
    const hanging = run({ PATH: path });
    await until("the call", async () => (await readFile(join(folder, "called"), "utf8").catch(() => "")) !== "");
    await until("the start", () => hanging.stderr().includes(" runs"));
    expect(await hanging.stop()).toBe(0);
    await writeFile(program, "#!/bin/sh\necho it is broken >&2\nexit 7\n");
    const failing = run({ PATH: path });
    await until("the warning", () => failing.stderr().includes("systemd-notify ended with status 7: it is broken"));
    expect(await failing.stop()).toBe(0);
  });
});
