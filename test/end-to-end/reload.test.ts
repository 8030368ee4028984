import { describe, expect, it } from "vitest";
import type { Plan } from "../../src/config/index.ts";
import { grill } from "../parts/agent.ts";
import { removeAfterEach } from "../parts/cleanup.ts";
import { type HttpSink, startHttpSink } from "../parts/http-sink.ts";
import { startInfluxd } from "../parts/influxd.ts";
import { startLineServer } from "../parts/line-server.ts";
import { startMosquitto } from "../parts/mosquitto.ts";
import { freePort, until } from "../parts/program.ts";
import { startReloading } from "../parts/reloading.ts";
import { agreeable, type Script, startScriptedBroker } from "../parts/scripted-broker.ts";

const HEAD = "version: 1\nagent: { http: false, stop_timeout: 1s }\n";

/** An output that delivers to a sink almost at once. */
const store = (id: string, { url }: Pick<HttpSink, "url">, more = "") =>
  `  ${id}: { type: influxdb, url: "${url}", database: d, batch: { max_wait: 20ms }${more} }\n`;

const board = (port: number, more = "") => `  board: { type: serial, port: "tcp://127.0.0.1:${port}"${more} }\n`;

/** The field of each line, as a number. */
const numbersIn = ({ lines }: HttpSink) => lines.map((line) => Number(/ \w+=(\d+)/.exec(line)?.[1]));

const upTo = (count: number) => Array.from({ length: count }, (_, number) => number);

describe("a reload", () => {
  const { keep, after } = removeAfterEach();

  async function startSink(): Promise<HttpSink> {
    const sink = await startHttpSink();
    after(() => sink.stop());
    return sink;
  }

  async function scripted(script: Script = agreeable) {
    const broker = await startScriptedBroker(script);
    after(() => broker.stop());
    return broker;
  }

  it("restarts an output alone that changed, while messages flow: none is lost or doubled, and the broker sees nothing", async () => {
    const broker = keep(await startMosquitto());
    const [sink, other] = [await startSink(), await startSink()];
    const configuration = (round: number) =>
      `${HEAD}${grill(broker.url)}outputs:\n${store("store", sink, `, processors: [{ type: filter, drop_fields: [x${round}] }]`)}${store("other", other)}`;
    const agent = keep(await startReloading(configuration(1)));
    await until("the subscription", () => broker.printed().includes("SUBSCRIBE"));
    const publishing = broker.publish("bbq/kettle/temp", 3_000);
    for (let round = 2; round <= 5; round++) {
      expect(await agent.reload(configuration(round))).toMatch(
        /is in force: restarted output store; left running input grill, output other/,
      );
    }
    await publishing;
    await until("all", () => sink.lines.length >= 3_000 && other.lines.length >= 3_000);
    expect(numbersIn(sink).toSorted((a, b) => a - b)).toEqual(upTo(3_000));
    expect(numbersIn(other)).toEqual(upTo(3_000));
    expect(broker.printed().match(/New client connected.*fieldline-grill/g)).toHaveLength(1);
    expect(broker.printed()).not.toMatch(/DISCONNECT from fieldline-grill/);
  });

  it("restarts an input alone that is connected otherwise, and loses nothing of what the broker keeps for it", async () => {
    const broker = keep(await startMosquitto());
    const sink = await startSink();
    const configuration = (keepalive: number) =>
      `${HEAD}${grill(broker.url).replace("topics", `keepalive: ${keepalive}s\n    topics`)}outputs:\n${store("store", sink)}`;
    const agent = keep(await startReloading(configuration(60)));
    await until("the subscription", () => broker.printed().includes("SUBSCRIBE"));
    const publishing = broker.publish("bbq/kettle/temp", 3_000);
    for (let round = 1; round <= 3; round++)
      expect(await agent.reload(configuration(60 + round))).toMatch(/restarted input grill; left running output store/);
    await publishing;
    await until("all", () => new Set(numbersIn(sink)).size === 3_000);
    expect(new Set(sink.lines).size).toBe(3_000);
  });

  it("changes how readings are decoded without a new connection", async () => {
    const broker = await scripted();
    const sink = await startSink();
    const configuration = `${HEAD}${grill(broker.url)}outputs:\n${store("store", sink)}`;
    const agent = keep(await startReloading(configuration));
    const client = await broker.client(0);
    await client.sent("subscribe", 1);
    const publish = (payload: string) =>
      client.send({ cmd: "publish", topic: "bbq/kettle/temp", payload, qos: 0, dup: false, retain: false });
    publish("1");
    await until("the first", () => sink.lines.length === 1);
    const told = await agent.reload(
      configuration
        .replace("measurement: bbq", "measurement: smoke")
        .replace("decode:", "tags: { room: patio }\n    decode:"),
    );
    expect(told).toMatch(/restarted output store; left running input grill/);
    publish("2");
    await until("the second", () => sink.lines.length === 2);
    expect(sink.lines.map((line) => line.split(" ")[0])).toEqual(["bbq,grill=kettle", "smoke,room=patio,grill=kettle"]);
    expect(client.packets.filter(({ cmd }) => cmd === "disconnect")).toEqual([]);
  });

  it("recognises what the broker sends again after it: the point overwrites the first one", async () => {
    const broker = await scripted((packet, clients) =>
      packet.cmd === "connect"
        ? { cmd: "connack", sessionPresent: clients > 1, returnCode: 0, reasonCode: 0 }
        : agreeable(packet),
    );
    const sink = await startSink();
    const configuration = (keepalive: number) =>
      `${HEAD}${grill(broker.url).replace("topics", `keepalive: ${keepalive}s\n    topics`)}outputs:\n${store("store", sink)}`;
    const agent = keep(await startReloading(configuration(60)));
    const message = {
      cmd: "publish",
      topic: "bbq/kettle/temp",
      payload: "1",
      qos: 1,
      messageId: 7,
      retain: false,
    } as const;
    const before = await broker.client(0);
    await before.sent("subscribe", 1);
    before.send({ ...message, dup: false });
    await before.sent("puback", 1);
    await until("the point", () => sink.lines.length === 1);
    await agent.reload(configuration(50));
    const afterwards = await broker.client(1);
    await afterwards.sent("connect", 1);
    afterwards.send({ ...message, dup: true });
    await afterwards.sent("puback", 1);
    await until("the point again", () => sink.lines.length === 2);
    expect(sink.lines[1]).toBe(sink.lines[0]);
  });

  it("does not open a serial port again, nor the page, for a change elsewhere", async () => {
    const serial = keep(await startLineServer());
    const sink = await startSink();
    const port = await freePort();
    const configuration = (name: string, more = "") =>
      `version: 1\nagent: { name: ${name}, http: "127.0.0.1:${port}"${more} }\ninputs:\n${board(serial.port)}outputs:\n${store("store", sink)}`;
    const agent = keep(await startReloading(configuration("one")));
    await until("the board", () => serial.connections() === 1);
    expect(await agent.reload(configuration("two"))).toMatch(/is in force: left running input board, output store/);
    const health = async () => (await fetch(`http://127.0.0.1:${port}/health`)).json();
    expect(await health()).toMatchObject({ name: "two", status: "ok" });
    await agent.reload(configuration("two", ", tags: { site: home }"));
    serial.send(["m n=1 1"]);
    await until("the point", () => sink.lines.length === 1);
    expect(sink.lines).toEqual(["m,site=home n=1 1"]);
    expect(serial.connections()).toBe(1);
  });

  it("moves the page to another address", async () => {
    const serial = keep(await startLineServer());
    const [first, second] = [await freePort(), await freePort()];
    const configuration = (port: number) =>
      `version: 1\nagent: { http: "127.0.0.1:${port}" }\ninputs:\n${board(serial.port)}outputs:\n  out: { type: file, path: out.lp }\n`;
    const agent = keep(await startReloading(configuration(first)));
    expect(await agent.reload(configuration(second))).toMatch(/left running input board, output out/);
    expect((await fetch(`http://127.0.0.1:${second}/metrics`)).status).toBe(200);
    await expect(fetch(`http://127.0.0.1:${first}/metrics`)).rejects.toThrow("fetch failed");
  });

  it("forgets the health and the numbers of what left, and goes on with an output that comes back", async () => {
    const serial = keep(await startLineServer());
    const [sink, other] = [await startSink(), await startSink()];
    const port = await freePort();
    const head = `version: 1\nagent: { http: "127.0.0.1:${port}" }\n`;
    const without = `${head}inputs:\n${board(serial.port)}outputs:\n${store("store", sink)}`;
    const both = `${without}${store("other", other)}`;
    const agent = keep(await startReloading(both));
    await until("the board", () => serial.connections() === 1);
    serial.send(["m n=1 1"]);
    await until("the first", () => other.lines.length === 1);
    const page = async (path: string) => (await fetch(`http://127.0.0.1:${port}/${path}`)).text();
    expect(await page("metrics")).toContain('fieldline_delivered_points_total{output="other"}');

    expect(await agent.reload(without)).toMatch(/stopped output other; left running input board, output store/);
    expect(await page("metrics")).not.toContain('output="other"');
    expect(await page("health")).not.toContain("output other");
    serial.send(["m n=2 2"]);
    await until("the second", () => sink.lines.length === 2);
    expect(other.lines).toHaveLength(1);

    expect(await agent.reload(both)).toMatch(/started output other; left running/);
    await until("what it missed", () => other.lines.length === 2);
    expect(other.lines).toEqual(["m n=1 1", "m n=2 2"]);

    const capped = both.replace("database: d", "limits: { bytes_per_day: 1MiB }, database: d");
    expect(await agent.reload(capped)).toMatch(/restarted output store; left running/);
    expect(await page("metrics")).toMatch(/^fieldline_output_capped\{output="store"\} 0$/m);
    await agent.reload(both);
    expect(await page("metrics")).not.toMatch(/fieldline_output_capped|fieldline_sent_bytes_today/);
  });

  it("says of an output that leaves, or is renamed, that not all is delivered", async () => {
    const serial = keep(await startLineServer());
    const [sink, dead] = [await startSink(), await startSink()];
    dead.always({ status: 503 });
    const configuration = (id: string, { url }: HttpSink) =>
      `${HEAD}inputs:\n${board(serial.port)}outputs:\n${store("kept", sink)}${store(id, { url })}`;
    const agent = keep(await startReloading(configuration("one", sink)));
    await until("the board", () => serial.connections() === 1);
    serial.send(["m n=1 1"]);
    await until("both", () => sink.lines.length === 2);
    await agent.reload(configuration("two", dead));
    expect(agent.log.join("\n")).not.toContain("before it has delivered all");
    serial.send(["m n=2 2"]);
    await until("the write", () => dead.requests.length > 0);
    await agent.reload(configuration("three", dead));
    expect(agent.log.join("\n")).toMatch(/before it has delivered all.*"output":"two","left":1/);
  });

  it("is undone as a whole when a part of it cannot be created", async () => {
    const serial = keep(await startLineServer());
    const sink = await startSink();
    const closed: string[] = [];
    const broken = (plan: Plan): Plan => ({
      ...plan,
      outputs: plan.outputs.map((planned) => ({
        ...planned,
        plugin: {
          ...planned.plugin,
          create: (settings: never, context) => {
            if (planned.id === "broken") throw new Error("no such device");
            const made = planned.plugin.create(settings, context);
            return { ...made, close: async () => void closed.push(planned.id) };
          },
        },
      })),
    });
    const configuration = (outputs: string) => `${HEAD}inputs:\n${board(serial.port)}outputs:\n${outputs}`;
    const agent = keep(await startReloading(configuration(store("store", sink)), broken));
    await until("the board", () => serial.connections() === 1);
    const told = await agent.reload(
      configuration(`${store("store", sink, ", from: [board]")}${store("new", sink)}${store("broken", sink)}`),
    );
    expect(told).toMatch(
      /cannot be started: output broken cannot be started: no such device; see its settings; going on with the one before/,
    );
    expect(closed).toEqual(["store", "new"]);
    serial.send(["m n=1 1"]);
    await until("the point", () => sink.lines.length === 1);
    expect(await agent.reload(configuration(store("store", sink)))).toMatch(
      /in force: left running input board, output store/,
    );
    expect(serial.connections()).toBe(1);
  });

  it("takes a store that is down for no reason, and delivers what an output could not that hung in a dead one", async () => {
    const serial = keep(await startLineServer());
    const [dead, other] = [await startSink(), await startSink()];
    const [port, alive] = [await freePort(), await startSink()];
    dead.always("stall");
    const configuration = (url: string) =>
      `${HEAD}inputs:\n${board(serial.port)}outputs:\n${store("store", { url })}${store("other", other)}`;
    const agent = keep(await startReloading(configuration(dead.url)));
    await until("the board", () => serial.connections() === 1);
    serial.send(["m n=1 1"]);
    await until("the write", () => dead.requests.length === 1);
    const reloaded = agent.reload(configuration(`http://127.0.0.1:${port}`));
    serial.send(["m n=2 2"]);
    await until("the other output", () => other.lines.length === 2);
    expect(await reloaded).toMatch(/is in force: restarted output store; left running input board, output other/);
    expect(await agent.reload(configuration(alive.url))).toMatch(/restarted output store/);
    await until("all", () => alive.lines.length === 2);
    expect(alive.lines).toEqual(["m n=1 1", "m n=2 2"]);
    expect(other.lines).toEqual(["m n=1 1", "m n=2 2"]);
  });

  it("empties a full journal that held the senders", async () => {
    const broker = keep(await startMosquitto());
    const [full, sink] = [await startSink(), await startSink()];
    full.always({ status: 503 });
    const configuration = ({ url }: HttpSink, keepalive: number) =>
      `${HEAD}journal: { max_size: 64KiB }\n${grill(broker.url).replace("topics", `keepalive: ${keepalive}s\n    topics`)}outputs:\n${store("store", { url })}`;
    const agent = keep(await startReloading(configuration(full, 60)));
    await until("the subscription", () => broker.printed().includes("SUBSCRIBE"));
    const publishing = broker.publish("bbq/kettle/temp", 4_000);
    await publishing;
    await until("a write", () => full.requests.length > 1);
    expect(await agent.reload(configuration(sink, 50))).toMatch(/restarted input grill, output store/);
    await until("all", () => new Set(numbersIn(sink)).size === 4_000);
    expect(new Set(sink.lines).size).toBe(4_000);
  });

  it("may be asked for again and again, and stopped in the middle", async () => {
    const serial = keep(await startLineServer());
    const [sink, dead] = [await startSink(), await startSink()];
    dead.always("stall");
    const configuration = (round: number) =>
      `${HEAD}inputs:\n${board(serial.port, `, max_reading: ${100 + round}KiB`)}outputs:\n${store("store", sink)}${store("dead", dead, `, from: [board], when: "${round} > 0"`)}`;
    const agent = await startReloading(configuration(1));
    await until("the board", () => serial.connections() === 1);
    serial.send(["m n=1 1"]);
    await until("the hanging write", () => dead.requests.length === 1);
    for (let round = 2; round < 20; round++) await agent.rush(configuration(round));
    await until("a reload", () => agent.log.some((line) => line.includes("is in force")));
    await agent.rush(configuration(20));
    await agent.remove();
    expect(sink.lines).toEqual(["m n=1 1"]);
  });

  it("in quick succession, of all parts and of the journal, leaves each number in the store exactly once", async () => {
    const broker = keep(await startMosquitto());
    const influxd = keep(await startInfluxd());
    const dead = await startSink();
    dead.always("stall");
    const configuration = (round: number) =>
      `${HEAD}journal: { max_size: ${64 + (round >> 3)}MiB }
${grill(broker.url).replace("topics", `keepalive: ${60 + (round >> 2)}s\n    topics`)}outputs:
  store:
    type: influxdb
    url: "${influxd.url}"
    database: d
    create_database: true
    backlog: ${round % 2 === 0 ? "oldest_first" : "newest_first"}
    ${round % 3 === 0 ? "limits: { bytes_per_day: 64KiB }" : ""}
    batch: { max_wait: ${20 + round}ms }
${store("dead", dead, ", required: false")}`;
    const agent = keep(await startReloading(configuration(1)));
    await until("the subscription", () => broker.printed().includes("SUBSCRIBE"));
    const publishing = (async () => {
      for (let first = 0; first < 5_000; first += 50) await broker.publish("bbq/kettle/temp", 50, { first });
    })();
    const done = () => agent.log.filter((line) => line.includes("is in force")).length;
    for (let round = 2; round <= 31; round++) {
      const before = done();
      for (let storm = 0; storm < 5; storm++) await agent.rush(configuration(round));
      await until("a reload", () => done() > before);
    }
    await publishing;
    expect(await agent.reload(configuration(32))).toMatch(/is in force/);
    await until("all", async () => (await influxd.count("d", "bbq", "temp")) >= 5_000);
    const numbers = (await influxd.points("d", "bbq")).map(({ temp }) => Number(temp));
    expect(numbers.toSorted((a, b) => a - b)).toEqual(upTo(5_000));
    expect(agent.log.join("\n")).not.toMatch(/is wrong|cannot be started|left behind|nobody caught/);
  }, 90_000);

  it("starts the whole agent anew when the journal itself is another one, and says so", async () => {
    const serial = keep(await startLineServer());
    const sink = await startSink();
    const configuration = `${HEAD}inputs:\n${board(serial.port)}outputs:\n${store("store", sink)}`;
    const agent = keep(await startReloading(configuration));
    await agent.reload(`${configuration}journal: { max_size: 2MiB }\n`);
    expect(agent.log.join("\n")).toMatch(/the agent as a whole starts anew/);
    await until("the board", () => serial.connections() === 2);
    serial.send(["m n=1 1"]);
    await until("the point", () => sink.lines.length === 1);
  });

  it("mends the store of an agent whose inputs have all ended", async () => {
    const sink = await startSink();
    const dead = await startSink();
    dead.always({ status: 503 });
    const configuration = ({ url }: HttpSink) =>
      `${HEAD}plugins: [./once.mjs]\ninputs:\n  once: { type: once }\noutputs:\n${store("store", { url })}`;
    const agent = await startReloading(configuration(dead), undefined, { "once.mjs": ONCE });
    await until("the write", () => dead.requests.length > 0);
    expect(await agent.reload(configuration(sink))).toMatch(/restarted output store; left running input once/);
    await agent.ended;
    expect(sink.lines).toEqual(["m n=1 1"]);
    await agent.remove();
  });
});

/** An input that sends one reading and ends. */
const ONCE = `import { defineInput } from "fieldline/plugin";
export default defineInput({
  name: "once", summary: "Sends once.", settings: {}, examples: ["type: once"], defaultDecoder: "line_protocol",
  create: (_, { takeTime }) => ({
    async run(emit) {
      await emit([{ channel: "c", payload: Buffer.from("m n=1 1"), time: takeTime(7) }], { senderWaits: true });
    },
  }),
});
`;
