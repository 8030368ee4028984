import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, describe, expect, it } from "vitest";
import { MAIN } from "../../test/parts/command.ts";

const folder = mkdtempSync(join(tmpdir(), "fieldline-added-"));
afterAll(() => rmSync(folder, { recursive: true }));

function fieldline(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { cwd: folder, encoding: "utf8" });
  return { status, stdout, stderr };
}

writeFileSync(
  join(folder, "nibble.js"),
  `import { defineDecoder, text } from "fieldline/plugin";
export default defineDecoder({
  name: "nibble",
  summary: "Reads half a byte.",
  settings: { field: text("The field's name.") },
  examples: ["type: nibble\\nfield: celsius"],
  create: () => ({ decode: () => ({ points: [] }) }),
});
`,
);
// What is wrong with it elsewhere does not matter here.
writeFileSync(
  join(folder, "fieldline.yaml"),
  "version: 1\nplugins: [./nibble.js]\ninputs: { a: { url: '${NOT_SET}' } }\n",
);
writeFileSync(join(folder, "missing.yaml"), "version: 1\nplugins: [./none.js]\n");

describe("plugins that a configuration adds", () => {
  it("are listed and described with -c", () => {
    expect(fieldline("plugins").stdout).not.toContain("nibble");
    const { status, stdout, stderr } = fieldline("plugins", "-c", "fieldline.yaml");
    expect(stdout).toMatch(/^decoder +nibble +Reads half a byte\.$/m);
    expect(stdout).toMatch(/^input +mqtt /m);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(fieldline("plugins", "describe", "nibble", "-c", "fieldline.yaml").stdout).toMatch(/^# nibble$/m);
    expect(fieldline("plugins", "describe", "nibbel", "-c", "fieldline.yaml").stderr).toContain(
      'did you mean "nibble"?',
    );
  });

  it("are in the schema with -c, which then lets no other types through", () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const valid = ajv.compile(JSON.parse(fieldline("schema", "-c", "fieldline.yaml").stdout) as object);
    const file = (decode: object) => ({
      version: 1,
      plugins: ["./nibble.js"],
      inputs: { a: { type: "mqtt", url: "mqtt://x", topics: ["a"], decode } },
      outputs: { b: { type: "stdout" } },
    });
    expect(valid(file({ type: "nibble", field: "celsius" }))).toBe(true);
    expect(valid(file({ type: "nibble", feild: "celsius" }))).toBe(false);
    expect(valid(file({ type: "nibbel" }))).toBe(false);
  });

  it("that cannot be loaded are told with their place, and end with 1", () => {
    const stderr = 'missing.yaml:2:11: error: there is no file "./none.js" [missing-plugin]\n';
    for (const command of [["plugins"], ["plugins", "describe", "mqtt"], ["schema"]])
      expect(fieldline(...command, "-c", "missing.yaml")).toEqual({ status: 1, stdout: "", stderr });
    expect(fieldline("schema", "-c", "none.yaml")).toMatchObject({ status: 1, stdout: "" });
  });
});
