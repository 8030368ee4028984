import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type Diagnostic, loadPlan } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "fieldline-config-"));
afterAll(() => rmSync(folder, { recursive: true }));

const HEAD = "version: 1\n";
const INPUTS = "inputs:\n  a: { type: stdin }\n  b: { type: stdin, framing: line, tags: { room: ROOM } }\n";
const OUTPUTS = "outputs:\n  console: { type: stdout, when: 'true' }\n";

async function load(text: string, environment: NodeJS.ProcessEnv = {}) {
  return loadPlan(join(folder, "fieldline.yaml"), { text, environment });
}

const codes = (diagnostics: readonly Diagnostic[]) => diagnostics.map(({ code }) => code);

describe("a file that cannot be read", () => {
  it("is one diagnostic that says what to do", async () => {
    const file = join(folder, "none.yaml");
    const { plan, diagnostics } = await loadPlan(file);
    expect(plan).toBeUndefined();
    expect(diagnostics).toEqual([
      {
        file,
        line: 1,
        column: 1,
        severity: "error",
        code: "missing-file",
        message: `there is no file ${file}; create it, or name another with -c FILE`,
      },
    ]);
  });

  it("is told from one that is missing", async () => {
    expect(codes((await loadPlan(folder)).diagnostics)).toEqual(["unreadable-file"]);
  });

  it("has a bounded size", async () => {
    const file = join(folder, "large.yaml");
    writeFileSync(file, "#".repeat(5 * 2 ** 20));
    expect(codes((await loadPlan(file)).diagnostics)).toEqual(["too-large"]);
  });
});

describe("a file of ${file:PATH}", () => {
  const token = (reference: string) =>
    load(
      `${HEAD}inputs:\n  a: { type: stdin }\noutputs:\n  c: { type: influxdb, url: http://h, database: b, token: "${reference}" }\n`,
    );

  it("is text, since another token would be sent than the one that was meant", async () => {
    writeFileSync(join(folder, "utf16.txt"), Buffer.from("\uFEFFhunter2", "utf16le"));
    const { diagnostics } = await token("${file:utf16.txt}");
    expect(diagnostics.map(({ message }) => message)).toEqual([
      "the file utf16.txt of ${file:utf16.txt} cannot be read: it is not UTF-8 text",
    ]);
  });

  it("has a name", async () => {
    expect(codes((await token("${file:}")).diagnostics)).toEqual(["variable-name"]);
  });
});

describe("fingerprints", () => {
  const text =
    HEAD + INPUTS.replace("type: stdin }", "type: mqtt, url: mqtt://h, topics: [a], decode: value }") + OUTPUTS;
  const printsOf = async (changed: string, environment: NodeJS.ProcessEnv = {}) => {
    const { plan, diagnostics } = await load(changed, environment);
    if (plan === undefined) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
    const connections = plan.inputs.map(({ id, connection }) => [`connection of ${id}`, connection]);
    const points = [...plan.inputs, ...plan.outputs].map(({ id, fingerprint }) => [id, fingerprint]);
    return Object.fromEntries([...points, ...connections]) as Record<string, string>;
  };

  it("are the same for the same settings, however written", async () => {
    const other = text
      .replace("mqtt://h", '"${URL}"')
      .replace("room: ROOM", 'room: "ROOM"')
      .replace("\n", "\n\n# more\n");
    expect(await printsOf(other, { URL: "mqtt://h" })).toEqual(await printsOf(text));
  });

  it.each([
    ["a setting that names points", "topics: [a]", "topics: [b]", ["a", "connection of a"]],
    ["a setting of the connection alone", "mqtt://h", "mqtt://g", ["connection of a"]],
    ["the largest reading", "decode: value", "decode: value, max_reading: 1KiB", ["connection of a"]],
    ["a decoder's setting", "decode: value", "decode: { type: value, field: x }", ["a"]],
    ["a tag", "ROOM", "cellar", ["b"]],
    ["a condition", "'true'", "'false'", ["console"]],
    ["a batch", "when:", "batch: { max_points: 7 }, when:", ["console"]],
    ["an own processor", "when:", "processors: [{ type: scale, fields: [x] }], when:", ["console"]],
    ["nothing that an output that runs would do otherwise", "when:", "required: false, start: beginning, when:", []],
  ])("of one item change with %s", async (_, from, to, ids) => {
    const [before, after] = [await printsOf(text), await printsOf(text.replace(from, to))];
    expect(Object.keys(after).filter((key) => after[key] !== before[key])).toEqual(ids);
  });

  it("change with what a variable gives", async () => {
    const variable = text.replace("mqtt://h", '"mqtt://${HOST}"');
    expect(await printsOf(variable, { HOST: "one" })).not.toEqual(await printsOf(variable, { HOST: "two" }));
  });
});

describe("a local plugin", () => {
  const write = (name: string, version: number) => {
    const source = `import { defineInput, text } from "fieldline/plugin";
      export default defineInput({ name: "${name}", summary: "Number ${version}.", settings: { unit: text("A unit.") },
        examples: ["type: ${name}"], defaultDecoder: "value", create: () => ({ run: async () => {} }) });`;
    writeFileSync(join(folder, `${name}.js`), source);
    utimesSync(join(folder, `${name}.js`), version, version);
  };
  const text = `${HEAD}plugins: [./sensor.js]\ninputs:\n  a: { type: sensor, unit: C }\n${OUTPUTS}`;

  it("needs no node_modules, and is loaded again once its file has changed", async () => {
    write("sensor", 1);
    const first = (await load(text)).plan?.inputs[0];
    write("sensor", 2);
    const second = (await load(text)).plan?.inputs[0];
    expect([first?.plugin.summary, second?.plugin.summary]).toEqual(["Number 1.", "Number 2."]);
    expect(first?.fingerprint).not.toBe(second?.fingerprint);
  });
});

describe("an npm package", () => {
  it("is found beside the configuration, also when it is for `import` alone", async () => {
    const home = join(folder, "node_modules/@acme/co2");
    mkdirSync(home, { recursive: true });
    const manifest = { name: "@acme/co2", version: "1.0.0", type: "module", exports: { ".": { import: "./co2.js" } } };
    writeFileSync(join(home, "package.json"), JSON.stringify(manifest));
    const source = `export default [{ kind: "input", name: "co2", summary: "Measures air.", settings: {},
      examples: ["type: co2"], defaultDecoder: "value", create: () => ({ run: async () => {} }) }];`;
    writeFileSync(join(home, "co2.js"), source);
    const { plan, diagnostics } = await load(`${HEAD}plugins: ["@acme/co2"]\ninputs:\n  a: { type: co2 }\n${OUTPUTS}`);
    expect(diagnostics).toEqual([]);
    expect(plan?.inputs[0]?.plugin.name).toBe("co2");
  });
});

describe("a text that is no configuration", () => {
  it("is told within bounds, however odd", async () => {
    for (const part of ["[", "{a: ", "\tx\n", "- - ", "? ", "&a ", "*a\n", "'", "a: b: c\n", "]"]) {
      const { plan, diagnostics } = await load(`version: 1\ninputs: ${part.repeat(300)}`);
      expect(plan).toBeUndefined();
      expect(diagnostics.length).toBeGreaterThan(0);
      expect(diagnostics.length).toBeLessThanOrEqual(200);
    }
  });
});
