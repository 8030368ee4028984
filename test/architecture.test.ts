import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { importsOf, readSources, type SourceFile } from "./parts/imports.ts";
import { type Manifest, violations } from "./parts/rooms.ts";

const root = new URL("../", import.meta.url);
const text = (path: string) => readFileSync(new URL(path, root), "utf8");
const manifest = JSON.parse(text("package.json")) as Manifest;

/** A file that imports these; a specifier within `import()` is a lazy one. */
function file(path: string, ...imports: string[]): SourceFile {
  return {
    path,
    imports: imports.map((one) => {
      const lazy = one.startsWith("import(");
      return { specifier: lazy ? one.slice(7, -1) : one, lazy };
    }),
  };
}

describe("the rooms", () => {
  it("hold to their rules", () => {
    const paths = globSync(["src/**/*.ts", "plugins/**/*.ts", "test/**/*.ts", "tools/**/*.ts"], { cwd: root });
    expect(paths.length).toBeGreaterThan(20);
    expect(violations(readSources(root, paths), manifest)).toEqual([]);
  });

  it("know where they lie only right in a room's folder: npm run build makes one file there of them all", () => {
    const deeper = ["src/*/*/**/*.ts", "plugins/*/*/*/**/*.ts"];
    const paths = globSync(deeper, { cwd: root }).filter((path) => !/\.(test|child)\.ts$/.test(path));
    expect(paths.length).toBeGreaterThan(5);
    expect(paths.filter((path) => text(path).includes("import.meta"))).toEqual([]);
  });

  it.each([
    ["a room that may import none", "src/model/point.ts", "../schema/index.ts", "model may import no other room"],
    ["a room that is not on the list", "src/journal/log.ts", "../observe/index.ts", "journal may import model"],
    ["plugin contracts in the journal", "src/journal/log.ts", "../plugin/index.ts", "journal may import model"],
    ["the pipeline in the configuration", "src/config/plan.ts", "../pipeline/index.ts", "config may import"],
    ["the journal in a command", "src/cli/run.ts", "../journal/index.ts", "cli may import agent, config, observe"],
    ["the agent in the pipeline", "src/pipeline/outlet.ts", "../agent/index.ts", "pipeline may import"],
    ["a room by its back door", "src/agent/run.ts", "../journal/segment.ts", "through src/journal/index.ts"],
    ["a room nobody has listed", "src/attic/box.ts", "../model/index.ts", "attic is not in the list"],
    ["a plugin in a room", "src/agent/run.ts", "import(../../plugins/inputs/mqtt/index.ts)", "only config imports"],
    ["a plugin at once", "src/config/tree.ts", "../../plugins/inputs/mqtt/index.ts", "only by import()"],
    ["the package from within", "src/config/tree.ts", "fieldline/plugin", "by relative paths"],
    ["a test's part in what is shipped", "src/cli/demo.ts", "../../test/parts/program.ts", "stays within src/"],
    ["a room in a plugin", "plugins/inputs/mqtt/index.ts", "../../../src/model/index.ts", "a plugin imports"],
    ["the wire in the serial port", "src/serial/device.ts", "../board/index.ts", "serial may import no other room"],
    ["a plugin in a plugin", "plugins/inputs/mqtt/index.ts", "../serial/index.ts", "a plugin imports"],
    ["the embedding API in a plugin", "plugins/inputs/mqtt/index.ts", "fieldline", "a plugin imports"],
    ["the conformance suite in a plugin", "plugins/inputs/mqtt/index.ts", "fieldline/testing", "a plugin imports"],
    ["a test's part in a plugin", "plugins/inputs/mqtt/index.ts", "../../../test/parts/program.ts", "a plugin imports"],
    ["the golden frames in what is shipped", "src/board/frame.ts", "../../firmware/protocol/golden.ts", "stays within"],
    ["a package only developers have", "plugins/inputs/mqtt/index.ts", "vitest/node", "not among the dependencies"],
    ["a package nobody has", "src/model/point.test.ts", "@acme/none/sub.js", "does not name this package"],
  ])("refuse %s", (_what, path, specifier, reason) => {
    const found = violations([file(path, specifier)], manifest);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(reason);
  });

  it("refuse a circle of imports, however long, and name it once", () => {
    const circle = [
      file("src/model/a.ts", "./b.ts"),
      file("src/model/b.ts", "./c.ts"),
      file("src/model/c.ts", "./a.ts"),
    ];
    expect(violations(circle, manifest)).toEqual([
      "a circle of imports: src/model/a.ts -> src/model/b.ts -> src/model/c.ts -> src/model/a.ts",
    ]);
  });

  it("let through what the rules allow", () => {
    const allowed = [
      file("src/agent/run.ts", "../config/index.ts", "./stop.ts", "node:fs", "pino"),
      file("src/config/tree.ts", "import(../../plugins/inputs/mqtt/index.ts)"),
      file("src/index.ts", "./agent/index.ts"),
      file("plugins/inputs/mqtt/index.ts", "fieldline/plugin", "./topic.ts", "mqtt"),
      file("plugins/inputs/mqtt/mqtt.test.ts", "fieldline/testing", "../../../test/parts/program.ts", "vitest"),
      file("plugins/outputs/file/append.child.ts", "../../../test/parts/program.ts"),
      file("src/board/wire.test.ts", "../../firmware/protocol/golden.ts"),
      file("tools/generate.ts", "../src/config/index.ts"),
    ];
    expect(violations(allowed, manifest)).toEqual([]);
  });
});

describe("the reader of imports", () => {
  it("sees values, types, re-exports, side effects and import(), and no comments or texts", () => {
    const source = `
      import { a } from "./a.ts"; import type { B } from "./b.ts"; import "./c.ts";
      export * from "./d.ts"; export type { E } from './e.ts';
      const f = await import("./f.ts"); let g: import("./g.ts").G;
      // import "./no.ts"
      const text = 'import "./no.ts"';
    `;
    const found = importsOf("x.ts", source).map((one) => one.specifier);
    expect(found.toSorted()).toEqual(["a", "b", "c", "d", "e", "f", "g"].map((name) => `./${name}.ts`));
  });
});

describe("the lock file", () => {
  it("names no registry, so that npm ci works with any", () => {
    expect(text("package-lock.json")).not.toMatch(/"resolved"|"https?:\/\/[^"]*\.tgz"/);
  });
});
