import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import { removeAfterEach } from "../parts/cleanup.ts";
import { runCommand, type RunningCommand, startCommand } from "../parts/command.ts";
import { type HttpSink, startHttpSink } from "../parts/http-sink.ts";
import { type Mosquitto, startMosquitto } from "../parts/mosquitto.ts";
import { until } from "../parts/program.ts";

/** A line as `export` and `tail --json` print it. */
interface Line {
  readonly offset: number;
  readonly time: string;
  readonly mark?: string;
  readonly input?: string;
  readonly channel?: string;
  readonly payload?: string;
  readonly payload_base64?: string;
}

const linesOf = (stdout: string) =>
  stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line);
const textOf = (path: string) => readFile(path, "utf8").catch(() => "");
const payloads = (stdout: string) => linesOf(stdout).flatMap(({ payload }) => payload ?? []);

describe("fieldline journal", () => {
  const { keep, after } = removeAfterEach();

  async function newFolder(configuration: string) {
    const folder = await mkdtemp(join(tmpdir(), "fieldline-journal-"));
    after(() => rm(folder, { recursive: true, force: true }));
    const configure = (text: string) => writeFile(join(folder, "fieldline.yaml"), text);
    await configure(configuration);
    const journal = (...args: readonly string[]) => runCommand(["journal", ...args], folder);
    return { folder, configure, journal };
  }

  /** Starts the agent and waits until it hears its broker. */
  async function run(folder: string): Promise<RunningCommand> {
    const agent = startCommand(["run"], folder);
    after(() => agent.stop());
    await until("the connection", () => agent.stderr().includes("connected"));
    return agent;
  }

  async function startSink(): Promise<HttpSink> {
    const sink = await startHttpSink();
    after(() => sink.stop());
    return sink;
  }

  async function startBroker() {
    const broker: Mosquitto = keep(await startMosquitto());
    const client = await broker.connect();
    after(() => client.endAsync());
    const publish = async (from: number, to: number, topic = "bbq/kettle/temp") => {
      for (let n = from; n < to; n++) await client.publishAsync(topic, String(n), { qos: 1 });
    };
    return { broker, client, publish };
  }

  /** A configuration with an input `grill` and these outputs. */
  const configuration = (broker: Mosquitto, outputs: string) => `
version: 1
agent: { http: false, stop_timeout: 100ms }
inputs:
  grill:
    type: mqtt
    url: ${broker.url}
    topics: ["bbq/{grill}/{field}"]
    decode: { type: value, measurement: bbq }
outputs:
${outputs}`;

  const influx = (id: string, url: string, more = "batch: { max_wait: 20ms }") =>
    `  ${id}: { type: influxdb, url: "${url}", database: bbq, ${more} }\n`;

  it("shows what is there beside an agent that runs, is killed, and runs again", async () => {
    const { broker, client, publish } = await startBroker();
    const sink = await startSink();
    const stalled = await startSink();
    stalled.always({ status: 503 });
    const outputs =
      influx("store", sink.url) + influx("away", stalled.url, "required: false, batch: { max_wait: 20ms }");
    const { folder, journal } = await newFolder(configuration(broker, outputs));
    const agent = await run(folder);
    await publish(0, 5);
    await client.publishAsync("bbq/smoker/lid", Buffer.from([0xff, 0x00]), { qos: 1 });
    await until("the points", () => sink.lines.length === 5);

    const told = JSON.parse((await journal("info", "--json", "--count")).stdout) as Record<string, unknown>;
    expect(told).toMatchObject({
      durability: "disk",
      agent: agent.child.pid,
      segments: 1,
      full: false,
      inputs: { grill: { readings: 6, bytes: 7 } },
      outputs: [
        { output: "store", lag: 0, required: true, configured: true },
        { output: "away", lag: 6, required: false, configured: true },
      ],
      damage: [],
    });
    const page = (await journal("info")).stdout;
    expect(page).toMatch(new RegExp(`^agent +process ${agent.child.pid}$`, "m"));
    expect(page).toMatch(/^oldest reading +20\S+Z \(\d+s ago\), offset 1$/m);
    expect(page).toMatch(/^away +1 +6 +20\S+Z \(\d+s ago\) +- +not required$/m);

    const tail = await journal("tail", "-n", "2");
    expect(tail.stdout).toMatch(
      /^5 {2}20\S+Z {2}grill {2}bbq\/kettle\/temp {2}4\n6 {2}20\S+Z {2}grill {2}bbq\/smoker\/lid {2}0xff00\n$/,
    );
    expect(payloads((await journal("tail", "-n", "3", "--channel", "bbq/+/temp", "--json")).stdout)).toEqual([
      "2",
      "3",
      "4",
    ]);

    const following = startCommand(["journal", "tail", "-f", "-n", "1", "--json"], folder);
    after(() => following.stop());
    await until("the last", () => linesOf(following.stdout()).length === 1);
    await publish(10, 12);
    await until("the new ones", () => payloads(following.stdout()).length === 2);
    agent.child.kill("SIGKILL");
    await agent.exit;
    expect(linesOf((await journal("export")).stdout)).toHaveLength(8);
    expect((await journal("info")).stdout).toMatch(/^agent +none runs; the cursors are those on disk$/m);
    const again = await run(folder);
    await publish(12, 13);
    await until("those of the second agent", () => payloads(following.stdout()).includes("12"));
    following.child.kill("SIGINT");
    expect(await following.exit).toBe(0);
    expect(following.stderr()).toBe("");
    const followed = linesOf(following.stdout());
    expect(followed.map(({ payload, payload_base64: base64, mark }) => payload ?? base64 ?? mark)).toEqual([
      "/wA=",
      "10",
      "11",
      "start",
      "12",
    ]);
    expect(await again.stop()).toBe(0);
  });

  it("exports readings by place, input and format, and passes on what it cannot read", async () => {
    const { broker, publish } = await startBroker();
    const { folder, journal } = await newFolder(configuration(broker, "  file: { type: file, path: out.lp }\n"));
    const agent = await run(folder);
    await publish(100, 120);
    await until("the points", async () => (await textOf(join(folder, "out.lp"))).split("\n").length === 21);
    await agent.stop();

    const all = linesOf((await journal("export")).stdout);
    expect(all.map(({ payload }) => payload)).toEqual(Array.from({ length: 20 }, (_, n) => String(100 + n)));
    expect(all[3]).toEqual({
      offset: 4,
      time: expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/),
      input: "grill",
      channel: "bbq/kettle/temp",
      attributes: expect.any(Object),
      payload: "103",
    });
    expect(payloads((await journal("export", "--from", "4", "--to", "6")).stdout)).toEqual(["103", "104"]);
    const [, , , third, fourth] = all;
    const between = await journal("export", "--from", third?.time ?? "", "--to", fourth?.time ?? "");
    expect(payloads(between.stdout)).toEqual(["103"]);
    expect((await journal("export", "--from", "end")).stdout).toBe("");
    expect((await journal("export", "--from", "19", "--format", "payload")).stdout).toBe("118\n119\n");
    const marks = linesOf((await journal("export", "--marks")).stdout);
    expect(marks.map(({ mark }) => mark)).toEqual(["start", ...Array.from({ length: 20 }, () => undefined), "stop"]);
    expect(await journal("export", "--input", "gril")).toMatchObject({
      status: 1,
      stdout: "",
      stderr: 'fieldline: neither the journal nor the configuration has an input gril; did you mean "grill"?\n',
    });

    const [segment = ""] = await readdir(join(folder, "data/journal"));
    const path = join(folder, "data/journal", segment);
    const bytes = await readFile(path);
    bytes[bytes.indexOf("109")] = 0x58;
    await writeFile(path, bytes);
    const damaged = await journal("export");
    expect(payloads(damaged.stdout)).toHaveLength(19);
    expect(damaged.stderr).toMatch(/^fieldline: \d+ bytes at position \d+ of .*\(offsets 10 to 10\) cannot be read/);
    expect((await journal("info", "--count")).stdout).toMatch(/^damage\n {2}\d+ bytes at position/m);

    bytes.writeUInt16LE(99, 8);
    bytes.writeUInt32LE(crc32(bytes.subarray(0, 76)), 76);
    await writeFile(path, bytes);
    const newer = await journal("info");
    expect(newer).toMatchObject({ status: 2, stdout: "" });
    expect(newer.stderr).toMatch(/has journal format 99, .* run the version of fieldline that wrote it/);
  });

  it("keeps an output's place when its URL, database or batch settings change: its id is what it is", async () => {
    const { broker, publish } = await startBroker();
    const [before, later] = [await startSink(), await startSink()];
    const { folder, configure, journal } = await newFolder(configuration(broker, influx("store", before.url)));
    const first = await run(folder);
    await publish(0, 3);
    await until("the first points", () => before.lines.length === 3);
    before.always({ status: 503 });
    await publish(3, 6);
    await until("the lag", async () => (await journal("cursors", "list")).stdout.includes(" 3 "));
    first.child.kill("SIGKILL");
    await first.exit;
    await configure(
      configuration(
        broker,
        `  store: { type: influxdb, url: "${later.url}", org: o, bucket: b, token: t, batch: { max_points: 7 } }\n`,
      ),
    );
    await run(folder);
    await until("the others", () => later.lines.length >= 3);
    const values = later.lines.map((line) => / temp=(\d)/.exec(line)?.[1]);
    // What the killed agent had delivered and not saved comes again, with the same timestamps.
    expect(values.slice(-3)).toEqual(["3", "4", "5"]);
    expect([...new Set([...before.lines, ...later.lines])]).toHaveLength(6);
  });

  it("gives an output's place and rejects to the id that it has become, and not while it runs", async () => {
    const { broker, client, publish } = await startBroker();
    const sink = await startSink();
    const { folder, configure, journal } = await newFolder(configuration(broker, influx("old", sink.url)));
    const agent = await run(folder);
    await publish(0, 2);
    await client.publishAsync("bbq/kettle/temp", "hot", { qos: 1 });
    await until("the points", () => sink.lines.length === 2);
    sink.always({ status: 503 });
    await publish(2, 4);
    await until("them in the journal", async () => (await journal("tail", "-n", "1")).stdout.endsWith("  3\n"));
    const runs = `runs in process ${agent.child.pid}: stop that agent first, then try again\n`;
    expect(await journal("cursors", "rename", "old", "new")).toEqual({
      status: 1,
      stdout: "",
      stderr: `fieldline: output old ${runs}`,
    });
    expect((await journal("cursors", "forget", "old", "--yes")).stderr).toBe(`fieldline: output old ${runs}`);
    expect((await journal("cursors", "set", "old", "end")).stderr).toBe(`fieldline: output old ${runs}`);
    await agent.stop();

    await configure(configuration(broker, influx("new", sink.url)));
    expect((await journal("cursors", "list")).stdout).toMatch(
      /^old +\d+ +3 +20\S+Z .* not in the configuration: holds nothing$/m,
    );
    const renamed = await journal("cursors", "rename", "old", "new");
    expect(renamed).toMatchObject({ status: 0, stderr: "" });
    expect(renamed.stdout).toMatch(/^output new goes on at offset \d, where old was, and has its rejects\n$/);
    expect((await runCommand(["rejects", "list"], folder)).stdout).toMatch(/^new\/1 .*hot/);
    sink.always({ status: 204 });
    const next = await run(folder);
    await until("the rest", () => sink.lines.length >= 4);
    expect([...new Set(sink.lines)].map((line) => / temp=(\d)/.exec(line)?.[1])).toEqual(["0", "1", "2", "3"]);

    // Of an output that does not run the agent itself does it.
    await configure(configuration(broker, influx("third", sink.url)));
    next.child.kill("SIGHUP");
    await until("the reload", () => next.stderr().includes("is in force"));
    expect((await journal("cursors", "rename", "new", "third")).stderr).toContain("output third runs in process");
    expect((await journal("cursors", "rename", "new", "fourth")).status).toBe(0);
    expect((await journal("cursors", "set", "fourth", "beginning")).stdout).toMatch(
      /^output fourth goes on at offset 0, and was at \d+: \d+ entries will be delivered again\n$/,
    );
    expect((await journal("cursors", "forget", "forth")).stderr).toBe(
      'fieldline: output forth has no cursor; did you mean "fourth"?\n',
    );
    const forgotten = await journal("cursors", "forget", "fourth");
    expect(forgotten.stdout).toBe(
      "the place of output fourth, offset 0, is forgotten; its rejects are kept: see fieldline rejects list --output fourth\n",
    );
    const left = JSON.parse((await journal("cursors", "list", "--json")).stdout) as readonly {
      readonly output: string;
    }[];
    expect(left.map(({ output }) => output)).toEqual(["third"]);
    await next.stop();
  });

  it("moves and forgets cursors without an agent, and asks before it forgets one in use", async () => {
    const { folder, journal } = await newFolder(PIPE);
    expect(await runCommand(["run"], folder, {}, "m n=1\n")).toMatchObject({ status: 0 });
    expect(await journal("cursors", "set", "out", "99")).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^fieldline: there is no offset 99: the journal begins at 0, and .* will be \d\n$/),
    });
    expect(await journal("cursors", "set", "out", "soon")).toMatchObject({ status: 1, stdout: "" });
    expect((await journal("cursors", "set", "out", "0")).stdout).toContain("goes on at offset 0");
    expect(await journal("cursors", "rename", "out", "a/b")).toMatchObject({ status: 1, stdout: "" });
    const again = await runCommand(["run"], folder, {}, "");
    expect(again.stdout).toMatch(/^m n=1 \d+\n$/);
    expect(await journal("cursors", "forget", "out")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("say --yes if that is meant"),
    });
    expect((await journal("cursors", "forget", "out", "--yes")).stdout).toMatch(
      /^the place of output out, offset \d, is forgotten\n$/,
    );
    expect((await journal("cursors", "list")).stdout).toMatch(/^out +- +- +- +- +has not run yet$/m);
  });

  it("verifies beside an agent, and repairs without one: what was there is kept, and the rest is delivered", async () => {
    const { folder, journal } = await newFolder(PIPE.replace("outputs:", "journal: { max_size: 1MiB }\noutputs:"));
    const lines = Array.from({ length: 40_000 }, (_, n) => `m n=${n}i\n`).join("");
    expect(await runCommand(["run"], folder, {}, lines)).toMatchObject({ status: 0 });
    const clean = await journal("verify");
    expect(clean).toMatchObject({ status: 0, stdout: "" });
    expect(clean.stderr).toMatch(/^\d+ segments with \d+ readings, offsets 0 to \d+: all is as it was written\n$/);
    expect(await journal("repair")).toMatchObject({
      status: 0,
      stdout: "",
      stderr: expect.stringContaining("nothing to repair"),
    });
    const before = linesOf((await journal("export")).stdout);

    const directory = join(folder, "data/journal");
    const [first = "", ...others] = (await readdir(directory)).filter((name) => name.endsWith(".segment"));
    expect(others.length).toBeGreaterThan(2);
    const bytes = await readFile(join(directory, first));
    bytes[bytes.indexOf("m n=100i")] = 0x58;
    await writeFile(join(directory, first), bytes);
    const agent = startCommand(["run"], folder);
    after(() => agent.stop());
    await until("the agent", async () => (await journal("info")).stdout.includes(`process ${agent.child.pid}`));
    const found = await journal("verify");
    expect(found.status).toBe(2);
    expect(found.stdout).toMatch(
      new RegExp(`^${first}:\\d+: damaged: \\d+ bytes at position .* \\(offsets 1 to 1\\) .*\\n$`),
    );
    const told = await journal("verify", "--json");
    expect(told.status).toBe(2);
    expect(JSON.parse(told.stdout)).toMatchObject({
      readings: before.length - 1,
      problems: [{ kind: "damaged", segment: first, fromOffset: 1, toOffset: 2 }],
    });
    expect(await journal("repair")).toEqual({
      status: 1,
      stdout: "",
      stderr: `fieldline: an agent runs on this data directory, process ${agent.child.pid}: stop it first, then try again\n`,
    });
    agent.child.kill("SIGKILL");
    await agent.exit;

    const repaired = await journal("repair");
    expect(repaired.status).toBe(0);
    expect(repaired.stdout).toMatch(
      new RegExp(`^${first} was written anew with the \\d+ entries that can be read, 1 of its offsets`),
    );
    expect(repaired.stderr).toMatch(/: damaged: (.|\n)*\n1 repair; 1 offset cannot be read any more\n$/);
    expect(await readFile(join(directory, "damaged", first))).toEqual(bytes);
    expect((await journal("verify")).stderr).toMatch(
      /all is as it was written; lost before, and told of then: 1 offset\n$/,
    );
    expect(linesOf((await journal("export")).stdout)).toEqual(before.filter(({ offset }) => offset !== 1));
    expect(await runCommand(["run"], folder, {}, "m n=1i 5\n")).toMatchObject({ status: 0, stdout: "m n=1i 5\n" });
  });

  it("shows a journal in memory as long as its agent runs", async () => {
    const { folder, journal } = await newFolder(PIPE.replace("outputs:", "journal: { durability: memory }\noutputs:"));
    const agent = startCommand(["run"], folder);
    after(() => agent.stop());
    agent.child.stdin.write("m n=1\n");
    await until("the point", () => agent.stdout() !== "");
    expect((await journal("tail")).stdout).toMatch(/^0 {2}\S+ {2}\(start\).*\n1 {2}\S+ {2}pipe {2}stdin {2}m n=1\n$/);
    expect(JSON.parse((await journal("info", "--json", "--count")).stdout)).toMatchObject({
      durability: "memory",
      agent: agent.child.pid,
      inputs: { pipe: { readings: 1 } },
      outputs: [{ output: "out", lag: 0 }],
    });
    await agent.stop();
    const gone = await journal("export");
    expect(gone).toMatchObject({ status: 1, stdout: "" });
    expect(await journal("verify")).toMatchObject({ status: 1, stderr: expect.stringContaining("it has no files") });
    expect(gone.stderr).toMatch(/^fieldline: no agent runs on .* in memory .*: there is nothing without one$/m);
  });

  it("says what to do where there is no journal, or one of a newer version", async () => {
    const { folder, journal } = await newFolder(PIPE);
    for (const command of [
      ["info"],
      ["tail"],
      ["export"],
      ["verify"],
      ["repair"],
      ["cursors", "list"],
      ["cursors", "forget", "x"],
    ]) {
      const { status, stdout, stderr } = await journal(...command);
      expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
      expect(stderr).toMatch(
        /^fieldline: there is no .*data\/\w+: no agent has run .* start one with fieldline run, or /,
      );
    }
    expect(await readdir(folder)).toEqual(["fieldline.yaml"]);
    expect(await journal("tail", "-n", "few")).toMatchObject({ status: 1, stdout: "" });
    expect(await journal("export", "--to", "yesterday")).toMatchObject({ status: 1, stdout: "" });
    expect(await runCommand(["rejects", "list", "--output", "ouy"], folder)).toEqual({
      status: 1,
      stdout: "",
      stderr:
        'fieldline: there are no rejects of output ouy, which the configuration does not have; did you mean "out"?\n',
    });
  });
});

const PIPE = `
version: 1
agent: { http: false }
inputs:
  pipe: { type: stdin }
outputs:
  out: { type: stdout }
`;
