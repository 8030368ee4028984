import { readdirSync, readFileSync, writeFileSync, existsSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CODES, formatDiagnostic, loadPlan, redactedPlan } from "./index.ts";

const FOLDER = fileURLToPath(new URL("golden/", import.meta.url));
const UPDATE = process.env["UPDATE_GOLDEN"] === "1";
const ENVIRONMENT = { SITE: "home", HOST: "broker.lan", PORT: "1883", COUNT: "7", EMPTY: "", SECRET: "hunter2" };

const cases = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".yaml"))
  .map((name) => name.slice(0, -".yaml".length));

/** What a load gives, as the texts of its golden files; undefined for a file that there should not be. */
async function outcome(name: string): Promise<Readonly<Record<"plan.json" | "diagnostics.txt", string | undefined>>> {
  const { plan, diagnostics } = await loadPlan(join(FOLDER, `${name}.yaml`), {
    environment: ENVIRONMENT,
    hostName: "host",
  });
  const relative = (text: string) => text.replaceAll(FOLDER, "");
  return {
    "plan.json": plan && relative(`${JSON.stringify(redactedPlan(plan), null, 2)}\n`),
    "diagnostics.txt":
      diagnostics.length === 0 ? undefined : relative(`${diagnostics.map(formatDiagnostic).join("\n")}\n`),
  };
}

function golden(name: string, part: string, found: string | undefined): string | undefined {
  const path = join(FOLDER, `${name}.${part}`);
  if (UPDATE && found !== undefined) writeFileSync(path, found);
  if (UPDATE && found === undefined) rmSync(path, { force: true });
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

describe("a configuration", () => {
  it.each(cases)("%s gives its plan or its diagnostics", async (name) => {
    const found = await outcome(name);
    for (const part of ["plan.json", "diagnostics.txt"] as const)
      expect(found[part], part).toBe(golden(name, part, found[part]));
  });
});
