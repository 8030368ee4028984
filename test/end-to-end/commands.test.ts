import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { grill } from "../parts/agent.ts";
import { removeAfterEach } from "../parts/cleanup.ts";
import { runCommand, startCommand } from "../parts/command.ts";
import { startHttpSink } from "../parts/http-sink.ts";
import { startInfluxd } from "../parts/influxd.ts";
import { startMosquitto } from "../parts/mosquitto.ts";
import { findProgram, until } from "../parts/program.ts";

/** What configs/barbecue.yaml has on the board's pins. */
const SENSORS = [
  /^grill,site=home,probe=grate temp_c=[12]\d\d[\d.]*,/m,
  /^meat,site=home,probe=brisket temp_c=[\d.]+,/m,
  /^lid,site=home state=0i \d/m,
];

describe("commands", () => {
  const { keep, after } = removeAfterEach();
  async function folderWith(configuration: string): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "fieldline-command-"));
    after(() => rm(folder, { recursive: true, force: true }));
    await writeFile(join(folder, "fieldline.yaml"), configuration);
    return folder;
  }

  it("check prints eight faults with line and column, and exits 1", async () => {
    const folder = await folderWith(`version: 1
agnet: { name: patio }
inputs:
  grill:
    type: mqtt
    url: mqtt://127.0.0.1:1883
    topics: ["bbq/#"]
    qos: 3
    decode: jsno
  firebox: { type: serial, port: /dev/ttyACM0, baud: fast }
processors:
  - { type: scale, from: [gril], fields: [temp], multiply: 2 }
outputs:
  influx: { type: influxdb, url: "http://127.0.0.1:8086", database: bbq, batch: { max_wait: 5 } }
  store: { type: infludb }
  file: { type: file }
`);
    const { status, stdout } = await runCommand(["check"], folder);
    expect(status).toBe(1);
    const places = stdout
      .trimEnd()
      .split("\n")
      .map((line) => /^fieldline\.yaml:(\d+:\d+): error: .+ \[[a-z-]+\]$/.exec(line)?.[1]);
    expect(places).toEqual(["2:1", "8:10", "9:13", "10:54", "12:27", "14:93", "15:18", "16:3"]);
  });

  it("check says that a good file is good, and exits 0", async () => {
    const folder = await folderWith(
      "version: 1\ninputs:\n  pipe: { type: stdin }\noutputs:\n  console: { type: stdout }\n",
    );
    expect(await runCommand(["check"], folder)).toMatchObject({ status: 0, stdout: "" });
  });

  it("a missing file is said with what to do, exit 1", async () => {
    const folder = await folderWith("");
    const { status, stderr } = await runCommand(["run", "-c", "nowhere.yaml"], folder);
    expect(status).toBe(1);
    expect(stderr).toMatch(/nowhere\.yaml/);
  });

  it("try prints points that curl can post to influxd, and leaves the broker's session and the data directory alone", async () => {
    const broker = keep(await startMosquitto());
    const influxd = keep(await startInfluxd());
    await influxd.createDatabase("bbq");
    const folder = await folderWith(`
version: 1
agent: { http: false }
${grill(broker.url)}outputs:
  influx: { type: influxdb, url: "${influxd.url}", database: bbq }
`);
    const command = startCommand(["try", "--for", "3s"], folder);
    const curl = execFile(findProgram("curl"), ["-sS", "-f", "--data-binary", "@-", `${influxd.url}/write?db=bbq`]);
    if (curl.stdin !== null) command.child.stdout.pipe(curl.stdin);
    await until("the subscription", () => command.stderr().includes("connected"));
    await broker.publish("bbq/kettle/temp", 20);
    expect(await command.exit).toBe(0);
    await until("curl", () => curl.exitCode !== null);
    expect(curl.exitCode).toBe(0);
    expect(existsSync(join(folder, "data"))).toBe(false);
    expect(await influxd.count("bbq", "bbq", "temp")).toBe(20);
  });

  it("try beside a running agent listens in on it instead of opening its ports", async () => {
    const broker = keep(await startMosquitto());
    const folder = await folderWith(`
version: 1
agent: { http: false }
${grill(broker.url)}outputs:
  console: { type: stdout }
`);
    const agent = startCommand(["run"], folder);
    after(agent.stop);
    await until("the agent", () => agent.stderr().includes("connected"));
    const command = startCommand(["try"], folder);
    after(command.stop);
    await until("the tap", () => command.stderr().includes("listening in"));
    await until("points on both sides", async () => {
      await broker.publish("bbq/kettle/temp", 1);
      return command.stdout().includes("bbq,grill=kettle temp=0") && agent.stdout().includes("bbq,grill=kettle temp=0");
    });
    expect(broker.printed().match(/New client connected .* as fieldline/g)).toHaveLength(1);
  });

  it("run stops cleanly when one request to stop comes twice at once, as through npm", async () => {
    const folder = await folderWith(
      "version: 1\nagent: { http: false }\ninputs:\n  pipe: { type: stdin }\noutputs:\n  console: { type: stdout }\n",
    );
    const command = startCommand(["run"], folder);
    after(command.stop);
    command.child.stdin.write("m n=1 1\n");
    await until("the point", () => command.stdout() === "m n=1 1\n");
    command.child.kill("SIGINT");
    command.child.kill("SIGTERM");
    expect(await command.exit).toBe(0);
    expect(command.stderr()).toContain("stopped");
  });

  it("run ends at once when it is told a second time to stop, though a store does not answer", async () => {
    const sink = await startHttpSink();
    after(() => sink.stop());
    sink.always("stall");
    const folder = await folderWith(`version: 1
agent: { http: false, stop_timeout: 10m }
inputs:
  pipe: { type: stdin }
outputs:
  store: { type: influxdb, url: "${sink.url}", database: d, batch: { max_wait: 20ms } }
`);
    const command = startCommand(["run"], folder);
    after(command.stop);
    command.child.stdin.write("m n=1 1\n");
    await until("the write", () => sink.requests.length === 1);
    let ended = false;
    void command.exit.then(() => (ended = true));
    // Two within a second count as one.
    await until("the end", () => {
      command.child.kill("SIGTERM");
      return ended;
    });
    expect(await command.exit).toBe(2);
  });

  it("demo runs without anything installed, configures its board, prints points and summaries, and says at its end what was delivered", async () => {
    const folder = await folderWith("");
    const command = startCommand(["demo"], folder, { PATH: "" });
    const points = [/grill=kettle/, /probe=p\d/, ...SENSORS];
    await until("points of all three sources", () => points.every((point) => point.test(command.stdout())));
    await until("a summary", () => /# \d+ readings, \d+ points, journal \d+ KiB, .*delivered/.test(command.stderr()));
    command.child.kill("SIGINT");
    expect(await command.exit).toBe(0);
    expect(command.stderr()).toMatch(/# stopped: [1-9]\d* readings, [1-9]\d* points.* [1-9]\d* delivered, 0 rejected/);
  });
});
