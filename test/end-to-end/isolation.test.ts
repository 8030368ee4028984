import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { testAgent } from "../parts/agent.ts";
import { removeAfterEach } from "../parts/cleanup.ts";
import { startCommand } from "../parts/command.ts";
import { startHttpSink } from "../parts/http-sink.ts";
import { startLineServer } from "../parts/line-server.ts";
import { freePort, until } from "../parts/program.ts";

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
  defineInput({ ...common("bad_input"), defaultDecoder: "line_protocol", create: ({ how }) => ({ run: inputs[how] }) }),
  defineDecoder({ ...common("bad_decoder"), create: ({ how }) => ({ decode: decoders[how] }) }),
  defineProcessor({ ...common("bad_processor"), create: ({ how }) => ({ process: processors[how] }) }),
  defineOutput({ ...common("bad_output"), create: ({ how }) => ({
    encode: how === "encode" ? () => boom("encode") : how === "number" ? () => 7 : () => "line",
    write: writes[how] ?? (async () => {}),
    close: how === "hang" ? () => new Promise(() => {}) : () => boom("close"),
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

  it("takes and delivers what the others send, shows who fails, and stops in time", async () => {
    const sink = await startHttpSink();
    after(() => sink.stop());
    const board = keep(await startLineServer());
    const port = await freePort();
    const source = `type: serial, port: "tcp://127.0.0.1:${board.port}"`;
    const store = `type: influxdb, url: "${sink.url}", database: d, batch: { max_wait: 20ms }`;
    const { folder } = keep(
      await testAgent(`version: 1
agent: { http: "127.0.0.1:${port}", stop_timeout: 2s }
plugins: [./hostile.mjs]
inputs:
  good: { ${source} }
${WAYS.input.map((how) => `  input-${how}: { type: bad_input, how: ${how} }\n`).join("")}${WAYS.decoder.map((how) => `  decoder-${how}: { ${source}0000, decode: { type: bad_decoder, how: ${how} } }\n`).join("")}outputs:
  good: { ${store} }
${WAYS.processor.map((how) => `  processor-${how}: { ${store}, from: [good], processors: [{ type: bad_processor, how: ${how} }] }\n`).join("")}${WAYS.output.map((how) => `  output-${how}: { type: bad_output, how: ${how}, batch: { max_wait: 20ms } }\n`).join("")}`),
    );
    await writeFile(join(folder, "hostile.mjs"), HOSTILE);
    const agent = startCommand(["run"], folder);
    const ask = async (path: string) => (await fetch(`http://127.0.0.1:${port}/${path}`)).text();
    await until("the board", () => board.connections() > 0);
  });
});
