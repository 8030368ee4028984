import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { fileSchema, loadPlan, loadTreePlugins } from "../src/config/index.ts";

const FOLDER = fileURLToPath(new URL("../configs/", import.meta.url));
const files = readdirSync(FOLDER).filter((name) => name.endsWith(".yaml"));

let faultsOf: (configuration: unknown) => readonly unknown[];
beforeAll(async () => {
  const validate = new Ajv2020({ strict: false, allErrors: true }).compile(await fileSchema());
  faultsOf = (configuration) => (validate(configuration) ? [] : (validate.errors ?? []));
});

const within = (item: object) => ({
  version: 1,
  inputs: { a: { type: "stdin" } },
  outputs: { b: { type: "stdout" } },
  ...item,
});

describe.each(files)("configs/%s", (name) => {
  const text = readFileSync(FOLDER + name, "utf8");

  it("says what schema editors find, and then what it is for", () => {
    expect(text).toMatch(
      /^# yaml-language-server: \$schema=\.\.\/docs\/reference\/fieldline\.schema\.json\n# \w.+\.\nversion: 1\n/,
    );
  });

  it("passes check without a remark, with nothing set in the environment", async () => {
    expect((await loadPlan(FOLDER + name, { environment: {} })).diagnostics).toEqual([]);
  });

  it("is valid by the JSON Schema", () => {
    expect(faultsOf(parse(text))).toEqual([]);
  });
});

describe("the JSON Schema", () => {
  it("takes every example of every plugin", async () => {
    for (const { kind, name, examples } of await loadTreePlugins()) {
      for (const example of examples) {
        const item = parse(example) as Record<string, unknown>;
        const whole = {
          input: { inputs: { a: { decode: "value", ...item } } },
          decoder: { inputs: { a: { type: "stdin", decode: item } } },
          processor: { processors: [item] },
          output: { outputs: { b: item } },
        }[kind];
        expect(faultsOf(within(whole)), `${kind} ${name}: ${example}`).toEqual([]);
      }
    }
  });

  it.each([
    ["an unknown key", { agnet: {} }],
    ["an unknown setting", { outputs: { b: { type: "stdout", colour: "red" } } }],
    ["an unknown type", { inputs: { a: { type: "mqqt" } } }],
    ["an unknown decoder", { inputs: { a: { type: "stdin", decode: "jsn" } } }],
    ["a missing setting", { inputs: { a: { type: "mqtt", decode: "value" } } }],
    ["a missing decoder", { inputs: { a: { type: "mqtt", url: "mqtt://h", topics: ["a"] } } }],
    ["a bad unit", { journal: { max_age: "7 days" } }],
    ["a bad id", { outputs: { "a b": { type: "stdout" } } }],
    ["a duration without a unit", { agent: { stop_timeout: 10 } }],
    ["a size without a unit", { journal: { max_size: 1000000 } }],
    ["an empty list", { outputs: { b: { type: "stdout", from: [] } } }],
    ["a start that is no time", { outputs: { b: { type: "stdout", start: "yesterday" } } }],
    ["text of the wrong form", { inputs: { a: { type: "serial", port: "ttyUSB0" } } }],
    ["a switch in other words", { outputs: { b: { type: "stdout", required: "yes" } } }],
  ])("refuses %s", (_, item) => {
    expect(faultsOf(within(item))).not.toEqual([]);
  });

  it("takes what check takes: sections with nothing in them, and numbers and switches in quotes", async () => {
    const text = `version: "1"
agent:
journal:
include:
plugins:
processors:
inputs:
  a: { type: serial, port: /dev/ttyACM0, baud: "9600", silence: 0 }
  b: { type: serial, usb: { vendor: 0403 } }
outputs:
  c: { type: stdout, required: "false", batch: { max_points: "\${MOST:-10}", max_wait: 0 } }
  d: { type: file, path: 2026, required: True }
`;
    expect((await loadPlan("fieldline.yaml", { text })).diagnostics).toEqual([]);
    expect(faultsOf(parse(text))).toEqual([]);
  });

  it("lets a variable stand for a number, and other types stand where the file has plugins of its own", () => {
    expect(faultsOf(within({ outputs: { b: { type: "stdout", batch: { max_points: "${POINTS}" } } } }))).toEqual([]);
    expect(faultsOf(within({ plugins: ["./co2.js"], inputs: { a: { type: "co2", every: "5s" } } }))).toEqual([]);
  });
});
