import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { testAgent } from "../parts/agent.ts";
import { removeAfterEach } from "../parts/cleanup.ts";
import { startCommand } from "../parts/command.ts";
import { startHttpSink } from "../parts/http-sink.ts";
import { freePort, until } from "../parts/program.ts";
import { startReloading } from "../parts/reloading.ts";

/** Plugins that fail in every way that one can. */
const HOSTILE = `import { EventEmitter } from "node:events";
import { defineDecoder, defineInput, defineOutput, defineProcessor, text } from "fieldline/plugin";
const settings = { how: text("In which way it fails.") };
const common = (name) => ({ name, summary: "Fails.", settings, examples: ["type: " + name + "\\nhow: throw"] });
const boom = (what) => { throw new Error(what + " broke"); };
const unspeakable = () => { throw Object.create(null); };
const trap = (what) => ({ get offset() { boom(what); }, get measurement() { boom(what); }, get fields() { boom(what); }, get message() { boom(what); } });
const wait = (signal) => new Promise((resolve) => signal.addEventListener("abort", resolve));
const inputs = {
  throw: () => boom("run"),
  reject: async () => boom("run"),
  unspeakable,
  async timer(emit, signal) { setTimeout(() => boom("timer"), 10); await wait(signal); },
  async event(emit, signal) { setTimeout(() => new EventEmitter().emit("error", new Error("event broke")), 10); await wait(signal); },
  async rejection(emit, signal) { void Promise.reject(new Error("rejection broke")); await wait(signal); },
  async garbage(emit, signal) { void emit([{}]); void emit(undefined); void emit([{ channel: 1, payload: "text", time: "now" }]); await wait(signal); },
  stubborn: () => new Promise(() => setInterval(() => {}, 1000)),
};
const decoders = {
  throw: () => boom("decode"),
  unspeakable,
  garbage: () => ({ points: [null, {}, { tags: {}, fields: {} }] }),
  nothing: () => undefined,
  getter: () => ({ get points() { boom("getter"); } }),
  promise: async () => boom("decode"),
};
const processors = {
  throw: () => boom("process"),
  garbage: () => [null],
  astray: ([point]) => [{ ...point, offset: 1e12 }],
  placeless: ([point]) => [{ ...point, offset: undefined }],
  getter: () => [trap("getter")],
  promise: async () => boom("process"),
};
const writes = {
  throw: () => boom("write"),
  reject: async () => boom("write"),
  text: async () => { throw "a text"; },
  unspeakable: async () => unspeakable(),
  garbage: async () => ({ rejected: 7, retry: "no" }),
  hang: () => new Promise(() => {}),
};
export default [
  defineInput({ name: "steady", summary: "Sends.", settings: {}, examples: ["type: steady"], defaultDecoder: "line_protocol",
    create: (_, { takeTime }) => ({ async run(emit, signal) {
      for (let n = 1; !signal.aborted; n++) {
        await emit([{ channel: "c", payload: Buffer.from("m n=" + n + " " + n), time: takeTime(9) }], { senderWaits: true });
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    } }) }),
  defineInput({ ...common("bad_input"), defaultDecoder: "line_protocol", create: ({ how }) => ({ run: inputs[how] }) }),
  defineDecoder({ ...common("bad_decoder"), create: ({ how }) => ({ decode: decoders[how] }) }),
  defineProcessor({ ...common("bad_processor"), create: ({ how }) => ({ process: processors[how] }) }),
  defineOutput({ ...common("bad_output"), create: ({ how }) => ({
    encode: how === "encode" ? () => boom("encode") : how === "number" ? () => 7 : (_, into) => into.text("line"),
    write: writes[how] ?? (async () => {}),
    close: () => boom("close"),
  }) }),
];
`;

const WAYS = {
  input: ["throw", "reject", "unspeakable", "timer", "event", "rejection", "garbage", "stubborn"],
  decoder: ["throw", "unspeakable", "garbage", "nothing", "getter", "promise"],
  processor: ["throw", "garbage", "astray", "placeless", "getter", "promise"],
  output: ["throw", "reject", "text", "unspeakable", "garbage", "hang", "encode", "number"],
};

describe("an agent among plugins that fail in every way", () => {
  const { keep, after } = removeAfterEach();

  it("takes and delivers what the others send, shows and counts who fails, and stops in time", async () => {
    const [sink, others] = [await startHttpSink(), await startHttpSink()];
    after(() => sink.stop());
    after(() => others.stop());
    const port = await freePort();
    const store = (url: string, from: string) =>
      `type: influxdb, url: "${url}", database: d, from: [${from}], batch: { max_wait: 20ms }`;
    const lines = (ways: readonly string[], line: (how: string) => string) =>
      ways.map((how) => `  ${line(how)}\n`).join("");
    const decoders = WAYS.decoder.map((how) => `decoder-${how}`).join(", ");
    const { folder } = keep(
      await testAgent(`version: 1
agent: { http: "127.0.0.1:${port}", stop_timeout: 1s }
plugins: [./hostile.mjs]
inputs:
  good: { type: steady }
${lines(WAYS.input, (how) => `input-${how}: { type: bad_input, how: ${how} }`)}
${lines(WAYS.decoder, (how) => `decoder-${how}: { type: steady, decode: { type: bad_decoder, how: ${how} } }`)}
outputs:
  good: { ${store(sink.url, "good")} }
  decoders: { ${store(others.url, decoders)} }
${lines(WAYS.processor, (how) => `processor-${how}: { ${store(others.url, "good")}, processors: [{ type: bad_processor, how: ${how} }] }`)}
${lines(WAYS.output, (how) => `output-${how}: { type: bad_output, how: ${how}, from: [good], batch: { max_wait: 20ms } }`)}
`),
    );
    await writeFile(join(folder, "hostile.mjs"), HOSTILE);
    const agent = startCommand(["run"], folder);
    after(() => agent.child.kill("SIGKILL"));
    await until("a point", () => sink.lines.length > 0);
    const page = async (path: string) => (await fetch(`http://127.0.0.1:${port}/${path}`)).text();
    const isFailing = (health: string, part: string) =>
      new RegExp(`"part": "${part}",\\s+"condition": "failing"`).test(health);
    const failing = ["throw", "reject", "unspeakable"].map((how) => `input input-${how}`);
    failing.push(...["throw", "reject", "text", "unspeakable"].map((how) => `output output-${how}`));
    await until("bad health", async () => {
      const health = await page("health");
      return failing.every((part) => isFailing(health, part));
    });
    const rejecting = [
      ...WAYS.processor.map((how) => `output="processor-${how}",step="processor-${how}.bad_processor-1"`),
      'output="output-encode",step="encode"',
      'output="output-number",step="encode"',
    ];
    await until("the counts", async () => {
      const metrics = await page("metrics");
      const count = (name: string) =>
        Number(new RegExp(`^${name.replaceAll(/[{}".]/g, "\\$&")} (\\d+)$`, "m").exec(metrics)?.[1]);
      const rejects = (labels: string) => count(`fieldline_rejects_by_step_total{${labels}}`);
      return (
        count("fieldline_stray_errors_total") >= 3 &&
        rejects('output="decoders",step="decode"') >= WAYS.decoder.length &&
        rejecting.every((labels) => rejects(labels) > 0)
      );
    });
    const before = sink.lines.length;
    await until("more points", () => sink.lines.length > before + 10);
    const health = await page("health");
    expect(isFailing(health, "input good") || isFailing(health, "output good")).toBe(false);
    expect(await agent.stop()).toBe(0);
    expect(new Set(sink.lines).size).toBe(sink.lines.length);
    expect(agent.stderr()).toMatch(/an error that nobody caught, probably of a plugin: (timer|event|rejection) broke/);
    expect(agent.stderr()).toMatch(/it does not stop: it is left behind/);
  });

  it("lets the others empty a full journal when the sink of one output has gone for good, and says so", async () => {
    const sink = await startHttpSink();
    after(() => sink.stop());
    const configuration = `version: 1
agent: { http: false, stop_timeout: 1s }
journal: { max_size: 64KiB }
plugins: [./gone.mjs]
inputs:
  flood: { type: flood }
outputs:
  pipe: { type: pipe, batch: { max_wait: 20ms } }
  store: { type: influxdb, url: "${sink.url}", database: d, batch: { max_wait: 20ms } }
`;
    const agent = keep(await startReloading(configuration, undefined, { "gone.mjs": GONE }));
    await until("all", () => sink.lines.length === 2_000);
    await agent.ended;
    const gone = agent.log.filter((line) => line.includes("its sink has gone for good"));
    expect(gone).toHaveLength(1);
    expect(agent.log.join("\n")).toMatch(/passed over for outputs that are not required/);
  });
});

/** A flood of readings, and an output as that of a pipe that nobody reads any more. */
const GONE = `import { defineInput, defineOutput, WriteError } from "fieldline/plugin";
export default [
  defineInput({ name: "flood", summary: "Sends.", settings: {}, examples: ["type: flood"], defaultDecoder: "line_protocol",
    create: (_, { takeTime }) => ({ async run(emit) {
      for (let n = 0; n < 2000; n += 50) {
        const payloads = Array.from({ length: 50 }, (_, i) => Buffer.from('m text="' + "x".repeat(100) + '",n=' + (n + i) + " " + (n + i)));
        await emit(payloads.map((payload) => ({ channel: "c", payload, time: takeTime(payload.length) })), { senderWaits: true });
      }
    } }) }),
  defineOutput({ name: "pipe", summary: "Goes.", settings: {}, examples: ["type: pipe"], create: () => ({
    encode: (_, into) => into.text("line"),
    async write() { throw new WriteError("gone", "nobody reads any more"); },
  }) }),
];
`;
