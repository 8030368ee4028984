import { chmod, readFile, rename, stat, writeFile } from "node:fs/promises";
import { createConnection } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Daemon, startAgent, tryPlan } from "../../src/agent/index.ts";
import { loadPlan, type Plan } from "../../src/config/index.ts";
import { StoredJournal } from "../../src/journal/index.ts";
import type { Log, Output } from "../../src/plugin/index.ts";
import { testAgent } from "../parts/agent.ts";
import { removeAfterEach } from "../parts/cleanup.ts";
import { startHttpSink } from "../parts/http-sink.ts";
import { startLineServer } from "../parts/line-server.ts";
import { until } from "../parts/program.ts";

describe("the life of an agent", () => {
  const { keep, after } = removeAfterEach();

  function logTo(lines: string[]): Log {
    const write = (fields: object, message: string) => void lines.push(`${message} ${JSON.stringify(fields)}`);
    return { debug: () => undefined, info: write, warn: write, error: write };
  }

  async function setUp(more = "") {
    const board = keep(await startLineServer());
    const configuration = `version: 1
agent: { http: false, stop_timeout: 1s${more} }
inputs:
  board: { type: serial, port: "tcp://127.0.0.1:${board.port}" }
outputs:
  first: { type: file, path: out.lp, batch: { max_wait: 20ms } }
  second: { type: file, path: other.lp, batch: { max_wait: 20ms } }
`;
    const { folder } = keep(await testAgent(configuration));
    const file = join(folder, "fieldline.yaml");
    const log: string[] = [];
    const load = async () => (await loadPlan(file)).plan;
    const plan = await load();
    if (plan === undefined) throw new Error("the configuration is wrong");
    return {
      board,
      configuration,
      folder,
      file,
      plan,
      load,
      log,
      out: logTo(log),
      socket: join(folder, "data/agent.sock"),
    };
  }

  /** The plan with other outputs made by its plugins. */
  function withOutput(plan: Plan, id: string, change: (made: () => Output) => Output): Plan {
    const outputs = plan.outputs.map((planned) =>
      planned.id === id
        ? {
            ...planned,
            plugin: {
              ...planned.plugin,
              create: (settings: never, context: never) => change(() => planned.plugin.create(settings, context)),
            },
          }
        : planned,
    );
    return { ...plan, outputs };
  }

  it("names the part that cannot be created, closes what was opened, and starts when it can be", async () => {
    const { plan, out } = await setUp();
    let closed = 0;
    const counting = withOutput(plan, "first", (made) => {
      const output = made();
      const close = async () => {
        closed += 1;
        await output.close?.();
      };
      return {
        encode: (point, into) => output.encode(point, into),
        write: (batch, signal) => output.write(batch, signal),
        close,
      };
    });
    const broken = withOutput(counting, "second", () => {
      throw new Error("no such device");
    });
    await expect(startAgent(broken, out)).rejects.toThrow("output second cannot be started: no such device");
    expect(closed).toBe(1);

    const mute = withOutput(counting, "second", () => ({ close: async () => undefined }) as never);
    await expect(startAgent(mute, out)).rejects.toThrow(
      "output second cannot be started: its plugin made something without encode() and write()",
    );
    expect(closed).toBe(2);

    const [input] = plan.inputs;
    if (input === undefined) throw new Error("no input");
    const create = () => {
      throw new Error("no such port");
    };
    const deaf = { ...counting, inputs: [{ ...input, plugin: { ...input.plugin, create } }] };
    await expect(startAgent(deaf, out)).rejects.toThrow("input board cannot be started: no such port");
    expect(closed).toBe(3);

    const agent = await startAgent(counting, out);
    await agent.stop();
    expect(closed).toBe(4);
  });

  it("closes the journal and lets go of its socket although an output fails to close, and says so", async () => {
    const { plan, out, log } = await setUp();
    const stubborn = withOutput(plan, "second", (made) => {
      const output = made();
      const close = async () => Promise.reject(new Error("will not close"));
      return {
        encode: (point, into) => output.encode(point, into),
        write: (batch, signal) => output.write(batch, signal),
        close,
      };
    });
    const agent = await startAgent(stubborn, out);
    await agent.stop();
    expect(log.join("\n")).toMatch(/output second was not closed: will not close/);
    await (await startAgent(plan, out)).stop();
  });

  it("notes starts with the time it was down, and which configuration was in force from where on", async () => {
    const { plan, out, folder } = await setUp();
    for (let round = 0; round < 3; round++) await (await startAgent(plan, out)).stop();
    const { entries } = await (await StoredJournal.open(join(folder, "data/journal"))).read(0, 1_000);
    const down_ms = expect.stringMatching(/^\d{1,6}$/) as string;
    expect(entries.map(({ kind, attributes }) => ({ kind, attributes }))).toEqual([
      { kind: "start", attributes: undefined },
      { kind: "stop", attributes: undefined },
      { kind: "start", attributes: { down_ms } },
      { kind: "stop", attributes: undefined },
      { kind: "start", attributes: { down_ms } },
      { kind: "stop", attributes: undefined },
    ]);
    const agent = await startAgent(plan, out);
    after(() => agent.stop());
    await agent.reload({ ...plan, outputs: plan.outputs.slice(0, 1) });
    const lines = (await readFile(join(folder, "data/plans.jsonl"), "utf8")).trimEnd().split("\n");
    const cursors = expect.any(Number) as number;
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { offset: expect.any(Number) as number, cursors: { first: cursors, second: cursors }, files: plan.textHash },
      { cursors: { first: cursors } },
    ]);
  });

  it("lets one of several that start at once on a data directory run, also over what a crash left behind", async () => {
    const { plan, out, socket } = await setUp();
    await (await startAgent(plan, out)).stop();
    for (let round = 0; round < 3; round++) {
      await writeFile(socket, "");
      const started = await Promise.allSettled([1, 2, 3].map(() => startAgent(plan, out)));
      const running = started.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
      await Promise.all(running.map((agent) => agent.stop()));
      expect(running).toHaveLength(1);
      const refused = started.flatMap((each) => (each.status === "rejected" ? [String(each.reason)] : []));
      expect(refused.join("\n")).toMatch(/^(Error: another agent runs on this data directory.*\n?){2}$/);
    }
  });

  it("gives its socket to its owner alone and survives requests that are none", async () => {
    const { plan, out, socket } = await setUp();
    const agent = await startAgent(plan, out);
    after(() => agent.stop());
    expect((await stat(socket)).mode & 0o777).toBe(0o600);
    for (const hostile of ["\n", "null\n", "{}\n", '{"command":"__proto__"}\n', "x".repeat(3_000_000)]) {
      const connection = createConnection(socket);
      connection.on("error", () => undefined);
      const ended = new Promise((resolve) => connection.on("close", resolve));
      connection.resume().write(hostile);
      await ended;
    }
    await expect(startAgent(plan, out)).rejects.toThrow(`process ${process.pid}`);
  });

  it("does not take the socket of a process that listens and does not answer", async () => {
    const { plan, out, folder } = await setUp();
    await chmod(folder, 0o700);
    const agent = await startAgent(plan, out);
    await agent.stop();
    const { createServer } = await import("node:net");
    const silent = createServer((connection) => connection.destroy());
    after(() => new Promise<void>((resolve) => void silent.close(() => resolve())));
    await new Promise<void>((resolve) => void silent.listen(join(folder, "data/agent.sock"), resolve));
    await expect(startAgent(plan, out)).rejects.toThrow("does not answer");
  });

  it("tells a try that listens in that the agent has stopped", async () => {
    const { plan, out, log, board } = await setUp();
    const agent = await startAgent(plan, out);
    const lines: string[] = [];
    const { signal } = new AbortController();
    const tried = tryPlan(plan, { log: out, onLines: (text) => lines.push(text), onRejects: () => undefined }, signal);
    await until("the board", () => log.some((line) => line.startsWith("listening in")));
    await until("a point", () => {
      board.send(["m n=1 1"]);
      return lines.length > 0;
    });
    await agent.stop();
    await tried;
    expect(log.join("\n")).toMatch(/the running agent has stopped/);
  });

  it("follows a file that an editor replaces by another, also after a wrong one", async () => {
    const { plan, load, log, out, file, folder, configuration } = await setUp(", reload: watch");
    const daemon = new Daemon({ log: out, load });
    const done = daemon.run(plan);
    after(async () => {
      daemon.stop();
      await done;
    });
    const replace = async (text: string) => {
      await writeFile(join(folder, "edited"), text);
      await rename(join(folder, "edited"), file);
    };
    await until("the start", () => log.length > 0);
    await replace("version: nonsense");
    await until("the refusal", () => log.some((line) => line.includes("is wrong")));
    for (let n = 1; n <= 2; n++) {
      await replace(`${configuration}# ${n}\n`);
      await until("the reload", () => log.filter((line) => line.includes("is in force")).length === n);
    }
  });

  it("sees a change of the file that comes while it is still reading the one before", async () => {
    const { plan, load, log, out, file, configuration } = await setUp(", reload: watch");
    let loads = 0;
    const daemon = new Daemon({
      log: out,
      load: async () => {
        const next = await load();
        loads += 1;
        if (loads === 1) await writeFile(file, `${configuration}# the last one\n`);
        return next;
      },
    });
    const done = daemon.run(plan);
    after(async () => {
      daemon.stop();
      await done;
    });
    await until("the start", () => log.length > 0);
    await writeFile(file, `${configuration}# one\n`);
    await until("the last one", () => log.filter((line) => line.includes("is in force")).length === 2);
  });

  it("delivers after a reload what an input sent that the new plan has no longer", async () => {
    const { plan, load, log, out, file, configuration, board } = await setUp();
    const sink = await startHttpSink();
    after(() => sink.stop());
    sink.always({ status: 503 });
    const stored = configuration.replace(
      /outputs:[^]*/,
      `outputs:
  store: { type: influxdb, url: "${sink.url}", database: d, batch: { max_wait: 20ms } }
`,
    );
    await writeFile(file, stored);
    const daemon = new Daemon({ log: out, load });
    const done = daemon.run((await load()) ?? plan);
    after(async () => {
      daemon.stop();
      await done;
    });
    await until("the reading", () => {
      board.send(["m n=1 1"]);
      return sink.requests.length > 0;
    });
    for (const name of ["other", "another"]) {
      const reloads = log.filter((line) => line.includes("is in force")).length;
      await writeFile(file, stored.replace("  board:", `  ${name}:`));
      daemon.reload();
      await until("the reload", () => log.filter((line) => line.includes("is in force")).length > reloads);
    }
    sink.always({ status: 204 });
    await until("the point", () => sink.lines.includes("m n=1 1"));
    expect(log.join("\n")).not.toMatch(/rejected/);
  });

  it("stops when it is told to in the middle of a reload, without starting anew", async () => {
    const { plan, load, log, out } = await setUp();
    const daemon: Daemon = new Daemon({
      log: out,
      load: async () => {
        daemon.stop();
        return load();
      },
      onRun: () => daemon.reload(),
    });
    await daemon.run(plan);
    expect(log.join("\n")).not.toMatch(/is in force/);
  });
});
