import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { RejectEntry } from "../../src/pipeline/index.ts";
import { startPublishers } from "../kill/publishers.ts";
import { testAgent } from "../parts/agent.ts";
import { removeAfterEach } from "../parts/cleanup.ts";
import { type RunningCommand, runCommand, startCommand } from "../parts/command.ts";
import { startHttpSink } from "../parts/http-sink.ts";
import { startMosquitto } from "../parts/mosquitto.ts";
import { until } from "../parts/program.ts";

const WINDOW = fileURLToPath(new URL("../parts/tumbling-mean.ts", import.meta.url));
const SECONDS = 1_000_000_000n;
const HOUR = 3_600n * SECONDS;

/** How many readings the sink's rejects hold as late. */
async function lateOnes(folder: string): Promise<number> {
  const text = await readFile(join(folder, "data/rejects/sink.jsonl"), "utf8").catch(() => "");
  const counts = new Map<number, number>();
  for (const row of text.split("\n").filter((each) => each !== "")) {
    const { id, reason, count } = JSON.parse(row) as RejectEntry;
    if (reason === "late") counts.set(id, count);
  }
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

/** Where the chain of the sink stood when what it remembers was saved last. */
async function snapshotOffset(folder: string): Promise<number> {
  const text = await readFile(join(folder, "data/cursors/sink.json"), "utf8").catch(() => "{}");
  const { cursor } = JSON.parse(text) as { cursor?: { state?: { offset: number } } };
  return cursor?.state?.offset ?? 0;
}

describe("a window in the agent", () => {
  const { keep, after } = removeAfterEach();

  /** A folder with a configuration and the window as a local plugin; commands started in it end with the test. */
  async function setUp(configuration: string) {
    const { folder } = keep(await testAgent(configuration));
    await writeFile(join(folder, "mean.js"), `export { tumblingMean as default } from ${JSON.stringify(WINDOW)};\n`);
    const start = (): RunningCommand => {
      const command = startCommand(["run"], folder);
      after(async () => {
        command.child.kill("SIGKILL");
        await command.exit;
      });
      return command;
    };
    const configure = (text: string) => writeFile(join(folder, "fieldline.yaml"), text);
    return { folder, start, configure };
  }

  describe("of a pipe", () => {
    const configuration = (every: string, lateness: string) => `version: 1
agent: { http: false }
plugins: [./mean.js]
inputs:
  pipe: { type: stdin }
processors:
  - { type: tumbling_mean, field: v, every: ${every}, lateness: ${lateness} }
outputs:
  console: { type: stdout, batch: { max_wait: 20ms } }
`;
    /** Lines of the hour that has begun last. */
    const hour = ((BigInt(Date.now()) * 1_000_000n) / HOUR) * HOUR;
    const line = (value: number, seconds: number) => `m,s=a v=${value} ${hour + BigInt(seconds) * SECONDS}\n`;

    /** Waits until the journal holds something beside its header and the mark of the start. */
    async function journaled(folder: string): Promise<void> {
      const journal = join(folder, "data/journal");
      await until("a reading in the journal", async () => {
        const names = await readdir(journal).catch(() => []);
        const sizes = await Promise.all(names.map(async (name) => (await stat(join(journal, name))).size));
        return sizes.reduce((sum, size) => sum + size, 0) > 80 + 60;
      });
    }

    it("closes when its inputs have ended, and the agent ends with status 0", async () => {
      const { folder } = await setUp(configuration("1h", "30d"));
      const { status, stdout, stderr } = await runCommand(["run"], folder, {}, line(1, 1) + line(3, 2));
      expect(stderr).not.toMatch(/error/i);
      expect(stdout).toBe(`m,s=a mean=2,count=2i ${hour}\n`);
      expect(status).toBe(0);
      const again = await runCommand(["run"], folder, {}, line(5, 3));
      expect(again).toMatchObject({ status: 0, stdout: "" });
      expect(again.stderr).toMatch(/rejected: late/);
    });

    it("closes under try when its inputs have ended", async () => {
      const { folder } = await setUp(configuration("1h", "30d"));
      const { status, stdout } = await runCommand(["try"], folder, {}, line(1, 1) + line(3, 2));
      expect({ status, stdout }).toEqual({ status: 0, stdout: `m,s=a mean=2,count=2i ${hour}\n` });
    });

    it("stays open over SIGTERM, and goes on after the next start", async () => {
      const { folder, start } = await setUp(configuration("1h", "30d"));
      const first = start();
      first.child.stdin.write(line(1, 1) + line(3, 2));
      await journaled(folder);
      expect(await first.stop()).toBe(0);
      expect(first.stdout()).toBe("");
      const second = await runCommand(["run"], folder, {}, line(5, 3));
      expect(second).toMatchObject({ status: 0, stdout: `m,s=a mean=3,count=3i ${hour}\n` });
      const third = await runCommand(["run"], folder, {}, line(7, 4_000));
      expect(third).toMatchObject({ status: 0, stdout: `m,s=a mean=7,count=1i ${hour + HOUR}\n` });
    });

    it("goes on over a reload that restarts its output, and begins with its lookback when its own settings change", async () => {
      const { folder, start, configure } = await setUp(configuration("1h", "30d"));
      const command = start();
      const reload = async (text: string) => {
        const before = command.stderr().split("is in force").length;
        await configure(text);
        command.child.kill("SIGHUP");
        await until("the reload", () => command.stderr().split("is in force").length > before);
      };
      command.child.stdin.write(line(1, 1) + line(3, 2));
      await journaled(folder);
      await reload(configuration("1h", "30d").replace("20ms", "30ms"));
      command.child.stdin.write(line(5, 3));
      await reload(configuration("1h", "31d"));
      command.child.stdin.end(line(7, 4));
      expect(await command.exit).toBe(0);
      expect(command.stdout()).toBe(`m,s=a mean=4,count=4i ${hour}\n`);
    });

    it("closes when its time has come although nothing more does", async () => {
      const { start } = await setUp(configuration("500ms", "0s"));
      const command = start();
      command.child.stdin.write("m v=1\nm v=3\n");
      await until("the window", () => command.stdout().includes("count="));
      expect(command.stdout()).toMatch(/^(m mean=2,count=2i|m mean=1,count=1i \d+\nm mean=3,count=1i) \d+\n$/);
      expect(await command.stop()).toBe(0);
    });
  });

  it("gives over SIGKILLs each point as the journal has it, no other and none less; and over clean stops each once", async () => {
    const broker = keep(await startMosquitto());
    const [sink, replayed] = [await startHttpSink(), await startHttpSink()];
    after(() => sink.stop());
    after(() => replayed.stop());
    const output = (url: string) => `{ type: influxdb, url: "${url}", database: d, batch: { max_wait: 50ms }`;
    const configuration = `version: 1
agent: { http: false }
journal: { max_size: 2MiB }
plugins: [./mean.js]
inputs:
  numbers:
    type: mqtt
    url: ${broker.url}
    topics: ["kill/{publisher}/+"]
    decode: { type: json, measurement: m, time: { path: ts, unit: ms } }
processors:
  - { type: tumbling_mean, field: v, every: 250ms, lateness: 5s }
outputs:
  sink: ${output(sink.url)} }
`;
    const { folder, start, configure } = await setUp(configuration);
    let command = start();
    await until("the subscription", () => command.stderr().includes("connected"));
    // So large that what the windows remember is saved every few seconds.
    const pad = "x".repeat(600);
    const begun = new Set<string>();
    const payload = (v: number) => {
      const ts = Date.now();
      begun.add(`${ts - (ts % 250)}000000`);
      return JSON.stringify({ v, ts, pad });
    };
    const publishers = await startPublishers(broker, 200, payload);
    after(() => publishers.remove());
    for (let kills = 0; kills < 4; kills++) {
      const had = await snapshotOffset(folder);
      if (kills % 2 === 1) await until("another snapshot", async () => (await snapshotOffset(folder)) > had);
      await sleep(500);
      command.child.kill("SIGKILL");
      await command.exit;
      command = start();
    }
    await publishers.finish();
    // After it nothing comes any more: the agent itself sees to it that the last windows close.
    const closed = () => new Set(sink.lines.map((text) => text.slice(text.lastIndexOf(" ") + 1)));
    await until("the last start", () => command.stderr().includes("connected"));
    const client = await broker.connect();
    await client.publishAsync("kill/last/n", payload(0), { qos: 1 });
    await client.endAsync();
    await until("the last window", () => sink.lines.some((text) => text.startsWith("m,publisher=last ")), 40_000);
    expect(await command.stop()).toBe(0);
    const windows = new Set(sink.lines);
    // Where a start took longer than the windows wait, what came too late says so.
    const late = await lateOnes(folder);
    expect(closed().size + late).toBeGreaterThanOrEqual(begun.size);
    expect(new Set([...windows].map((text) => text.replace(/ mean=\S+/, ""))).size).toBe(windows.size);
    const counted = [...windows].reduce((sum, text) => sum + Number(/count=(\d+)i/.exec(text)?.[1]), 0);
    expect(counted + late).toBeGreaterThan(publishers.published());

    const before = sink.lines.length;
    await configure(`${configuration}  replay: ${output(replayed.url)}, start: beginning }\n`);
    command = start();
    await until("the windows of the replay", () => new Set(replayed.lines).size >= windows.size);
    expect(await command.stop()).toBe(0);
    expect(replayed.lines.toSorted()).toEqual([...windows].toSorted());
    expect(sink.lines.length).toBe(before);
  }, 90_000);
});
