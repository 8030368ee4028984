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
  ])("refuses %s", (_, item) => {
    expect(faultsOf(within(item))).not.toEqual([]);
  });

  it("lets a variable stand for a number, and other types stand where the file has plugins of its own", () => {
    expect(faultsOf(within({ outputs: { b: { type: "stdout", batch: { max_points: "${POINTS}" } } } }))).toEqual([]);
    expect(faultsOf(within({ plugins: ["./co2.js"], inputs: { a: { type: "co2", every: "5s" } } }))).toEqual([]);
  });
});
