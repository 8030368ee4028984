import { describe, expect, it } from "vitest";
import { loadPlan } from "../config/index.ts";
import { inputChanges, outputChanges, sameCore, tellChanges } from "./changes.ts";

const FILE = `version: 1
agent: { name: one, tags: { site: home } }
journal: { max_size: 1MiB }
inputs:
  grill: { type: mqtt, url: "mqtt://127.0.0.1", topics: ["bbq/{grill}"], decode: value }
  board: { type: serial, port: /dev/ttyACM0 }
processors:
  - { type: scale, from: [board], fields: [c], multiply: 2 }
outputs:
  all: { type: file, path: all.lp }
  grills: { type: file, path: grills.lp, from: [grill] }
`;

async function planOf(text: string) {
  const { plan, diagnostics } = await loadPlan("fieldline.yaml", { text, environment: {} });
  if (plan === undefined) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  return plan;
}

describe("what another configuration changes", () => {
  it.each([
    ["a comment", "version: 1", "version: 1 # more", ""],
    ["the agent's name", "name: one", "name: two", ""],
    ["whether an output is required", "path: all.lp", "path: all.lp, required: false", ""],
    ["how an input is connected", "mqtt://127.0.0.1", "mqtt://127.0.0.2", "restarted input grill"],
    ["what an input leaves out", "decode: value", "decode: value, thin: { every: 1s }", "restarted input grill"],
    ["how an input is decoded", "decode: value", "decode: json", "restarted output all, output grills"],
    ["the tags of an input", "ttyACM0 }", "ttyACM0, tags: { room: x } }", "restarted output all"],
    ["the topics that name points", "bbq/{grill}", "bbq/{probe}", "restarted input grill, output all, output grills"],
    ["the tags of all", "site: home", "site: house", "restarted output all, output grills"],
    ["a shared processor", "multiply: 2", "multiply: 3", "restarted output all, output grills"],
    ["an output", "path: grills.lp", "path: other.lp", "restarted output grills"],
    ["an output's id", "grills: {", "others: {", "started output others; stopped output grills"],
  ])("%s", async (_, from, to, expected) => {
    const [before, next] = [await planOf(FILE), await planOf(FILE.replaceAll(from, to))];
    const known = (id: string) => before.inputs.find((input) => input.id === id)?.fingerprint;
    const told = tellChanges(inputChanges(before, next), outputChanges(before, next, known));
    expect(told.replace(/(; )?left running .*$/, "")).toBe(expected);
    expect(sameCore(before, next)).toBe(true);
  });

  it("is nothing to an output for an input that leaves: it still knows how to decode what is left of it", async () => {
    const text = FILE.replace(/processors:\n.*\n/, "");
    const [before, next] = [await planOf(text), await planOf(text.replace(/ {2}board: .*\n/, ""))];
    const known = (id: string) => before.inputs.find((input) => input.id === id)?.fingerprint;
    const told = (one: typeof next, other: typeof next) =>
      tellChanges(inputChanges(one, other), outputChanges(one, other, known));
    expect(told(before, next)).toBe("stopped input board; left running input grill, output all, output grills");
    expect(told(next, before)).toBe("started input board; left running input grill, output all, output grills");
  });

  it.each([
    ["the journal's size", "max_size: 1MiB", "max_size: 2MiB"],
    ["when readings go", "max_size: 1MiB", "max_size: 1MiB, max_age: 1d"],
    ["the data directory", "name: one", "name: one, data_dir: elsewhere"],
  ])("is all when it is %s", async (_, from, to) => {
    expect(sameCore(await planOf(FILE), await planOf(FILE.replace(from, to)))).toBe(false);
  });
});
