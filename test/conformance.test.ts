import { globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { AnyPlugin } from "fieldline/plugin";
import { conformance } from "fieldline/testing";
import { afterAll, describe, expect, it } from "vitest";
import { COMMON_SHAPES } from "../src/config/plugin-module.ts";
import { COMMON_KEYS } from "../src/testing/examples.ts";
import { freePort } from "./parts/program.ts";

const root = new URL("../", import.meta.url);
const paths = globSync("plugins/*/*/index.ts", { cwd: root }).toSorted();
const plugins = await Promise.all(
  paths.map(async (path) => ((await import(new URL(path, root).href)) as { default: AnyPlugin }).default),
);
const folder = mkdtempSync(join(tmpdir(), "fieldline-conformance-"));
/** Nobody listens there. */
const port = await freePort();

/** How each input and output can run within this test; with none, its own tests run it in a process of its own. */
const LIVE: Readonly<Record<string, readonly string[]>> = {
  "input arduino": [
    `type: arduino\nport: tcp://127.0.0.1:${port}\nsensors: [{ name: soil, kind: voltage, pin: A0 }]\n`,
    `type: arduino\nport: ${folder}/none\nsensors: [{ name: soil, kind: voltage, pin: A0 }]\n`,
  ],
  "input firmata": [
    `type: firmata\nport: tcp://127.0.0.1:${port}\nsensors: [{ name: soil, pin: A0 }]\n`,
    `type: firmata\nport: ${folder}/none\nsensors: [{ name: soil, pin: A0 }]\n`,
  ],
  "input mqtt": [`type: mqtt\nurl: mqtt://127.0.0.1:${port}\ntopics: ["bbq/+"]\n`],
  "input serial": [`type: serial\nport: tcp://127.0.0.1:${port}\n`, `type: serial\nport: ${folder}/none\n`],
  "input stdin": [],
  "output influxdb": [`type: influxdb\nurl: http://127.0.0.1:${port}\ndatabase: bbq\n`],
  "output file": [`type: file\npath: ${folder}/points.lp\n`],
  "output stdout": [],
};

const ajv = new Ajv2020({ strict: false });

function jsonSchema(schema: Record<string, unknown>) {
  const validate = ajv.compile(schema);
  return (value: unknown) => (validate(value) ? undefined : ajv.errorsText(validate.errors));
}

afterAll(() => rmSync(folder, { recursive: true }));

describe.each(plugins.map((plugin) => ({ title: `${plugin.kind} ${plugin.name}`, plugin })))(
  "$title",
  ({ title, plugin }) => {
    it("is in the folder of its kind and name", () => {
      expect(paths).toContain(`plugins/${plugin.kind}s/${plugin.name}/index.ts`);
    });

    it.each(conformance(plugin, { jsonSchema, live: LIVE[title] ?? [] }))("$name", async ({ run }) => {
      await expect(Promise.resolve(run())).resolves.toBeUndefined();
    });
  },
);

describe("the conformance suite", () => {
  it("covers every plugin of the tree", () => {
    expect(plugins.length).toBeGreaterThan(10);
    expect(new Set(plugins.map(({ kind }) => kind)).size).toBe(4);
  });

  it("is told of every input and output how it can run here", () => {
    const running = plugins.filter(({ kind }) => kind === "input" || kind === "output");
    expect(Object.keys(LIVE).toSorted()).toEqual(running.map(({ kind, name }) => `${kind} ${name}`).toSorted());
  });

  it("knows the keys that the agent reads of every plugin's entry", () => {
    const known = Object.fromEntries(Object.entries(COMMON_SHAPES).map(([kind, shape]) => [kind, Object.keys(shape)]));
    expect(COMMON_KEYS).toEqual(known);
  });
});
