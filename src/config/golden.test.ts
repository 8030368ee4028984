import { existsSync, globSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { CODES, errorsPage, formatDiagnostic, loadPlan, redactedPlan } from "./index.ts";

const FOLDER = fileURLToPath(new URL("golden/", import.meta.url));
const UPDATE = process.env["UPDATE_GOLDEN"] === "1";
const ENVIRONMENT = { SITE: "home", HOST: "broker.lan", PORT: "1883", COUNT: "7", EMPTY: "", SECRET: "hunter2" };
const SECRETS = ["broker.lan", "hunter2", "from-a-file", "literal-token"];

const cases = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".yaml"))
  .map((name) => name.slice(0, -".yaml".length));

/** What a load gives, as the texts of its golden files; undefined for one that there should not be. */
async function outcome(name: string) {
  const file = join(FOLDER, `${name}.yaml`);
  const { plan, diagnostics } = await loadPlan(file, { environment: ENVIRONMENT, hostName: "host" });
  const lines = diagnostics.map((diagnostic) => `${formatDiagnostic(diagnostic)}\n`).join("");
  const texts = {
    "plan.json": plan && `${JSON.stringify(redactedPlan(plan), null, 2)}\n`,
    "diagnostics.txt": lines === "" ? undefined : lines,
  };
  return Object.entries(texts).map(([part, text]) => ({ part, text: text?.replaceAll(FOLDER, "") }));
}

function golden(name: string, part: string): string | undefined {
  const path = join(FOLDER, `${name}.${part}`);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

/** Makes a golden file what was found. */
function update(name: string, part: string, found: string | undefined): void {
  const path = join(FOLDER, `${name}.${part}`);
  if (found === undefined) rmSync(path, { force: true });
  else writeFileSync(path, found);
}

describe("a configuration", () => {
  it.each(cases)("%s gives its plan or its diagnostics, and shows no secret", async (name) => {
    for (const { part, text } of await outcome(name)) {
      if (UPDATE) update(name, part, text);
      expect({ [part]: text }).toEqual({ [part]: golden(name, part) });
      for (const secret of SECRETS) expect(text ?? "").not.toContain(secret);
    }
  });

  it("with eight faults gives eight diagnostics", () => {
    expect(golden("eight-faults", "diagnostics.txt")?.trimEnd().split("\n")).toHaveLength(8);
  });
});

describe("the catalogue of codes", () => {
  const read = (pattern: string, cwd: string) =>
    globSync(pattern, { cwd }).map((path) => readFileSync(join(cwd, path), "utf8"));

  it("has every code of a case, and every code has a case", () => {
    const lines = read("*.diagnostics.txt", FOLDER).flatMap((text) => text.trimEnd().split("\n"));
    const seen = lines.map((line) => /\[([a-z0-9-]+)\]$/.exec(line)?.[1]);
    expect(new Set(Object.keys(CODES))).toEqual(new Set(seen));
  });

  it("has every code that a plugin or the settings use", () => {
    const root = fileURLToPath(new URL("../../", import.meta.url));
    const sources = [
      ...read("plugins/**/*.ts", root),
      ...read("src/schema/*.ts", root),
      ...read("src/plugin/**/*.ts", root),
    ];
    const used = sources.flatMap((text) => [...text.matchAll(/\bcode: "([a-z]+-[a-z-]+)"/g)].map(([, code]) => code));
    expect(used.length).toBeGreaterThan(3);
    expect(Object.keys(CODES)).toEqual(expect.arrayContaining([...new Set(used)]));
  });

  it("is the page of errors", () => {
    for (const [code, { title, remedy }] of Object.entries(CODES)) {
      expect(errorsPage()).toContain(`## ${code}\n\n**${title}.**`);
      expect(errorsPage()).toContain(remedy);
    }
  });
});
