import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { conformance } from "fieldline/testing";
import { loadPlan } from "../src/config/index.ts";
import { blocksOf } from "./parts/markdown.ts";

const folder = mkdtempSync(join(tmpdir(), "fieldline-contributing-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("the plugin of CONTRIBUTING.md", () => {
  it("loads with the configuration beside it, and decodes", async () => {
    const blocks = blocksOf(readFileSync(new URL("../CONTRIBUTING.md", import.meta.url), "utf8"));
    const textOf = (language: string) => blocks.find((block) => block.language === language)?.text ?? "";
    writeFileSync(join(folder, "int16.js"), textOf("js"));
    const { plan, diagnostics } = await loadPlan(join(folder, "fieldline.yaml"), { text: textOf("yaml") });
    expect(diagnostics).toEqual([]);

    const planned = plan?.inputs[0]?.decoder;
    if (planned === undefined) throw new Error("the configuration has no input");
    const decoder = planned.plugin.create(planned.settings as never);
    const reading = { input: "cellar", channel: "cellar/a", offset: 0, time: { seconds: 0, nanos: 0 } };
    const decode = (...bytes: number[]) =>
      decoder.decode({ ...reading, payload: Uint8Array.from(bytes) }, { tags: new Map() });
    expect(decode(0xff, 0x9c).points).toEqual([{ tags: new Map(), fields: new Map([["celsius", -1]]) }]);
    expect(decode(1)).toEqual({ points: [], rejected: [{ reason: "expected 2 bytes, found 1" }] });
  });
});

describe("the processor of CONTRIBUTING.md that remembers", async () => {
  const blocks = blocksOf(readFileSync(new URL("../CONTRIBUTING.md", import.meta.url), "utf8"));
  writeFileSync(join(folder, "count.js"), blocks.findLast(({ language }) => language === "js")?.text ?? "");
  const text = `version: 1
plugins: [./count.js]
inputs: { pipe: { type: stdin } }
processors: [{ type: count_points, every: 1m }]
outputs: { console: { type: stdout } }
`;
  const { plan } = await loadPlan(join(folder, "counting.yaml"), { text });
  const plugin = plan?.processors[0]?.plugin;
  if (plugin === undefined) throw new Error("the configuration has no processor");

  it.each(conformance(plugin))("$name", async ({ run }) => {
    await expect(Promise.resolve(run())).resolves.toBeUndefined();
  });
});
