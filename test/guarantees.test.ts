import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: Record<string, string> };

interface Row {
  readonly promise: string;
  readonly tests: readonly { readonly title: string; readonly path: string }[];
  readonly command: string;
}

const ROWS = rowsOf(readFileSync(join(ROOT, "docs/reference/guarantees.md"), "utf8"));

describe("docs/reference/guarantees.md", () => {
  it.each(ROWS)("names tests and a command that exist: $promise", (row) => {
    expect(faultsOf(row)).toEqual([]);
  });

  it("has a row for each of many promises", () => {
    expect(ROWS.length).toBeGreaterThan(30);
  });

  it("would be found wrong with a title, a file, a script or a path that is not there", () => {
    const path = "test/guarantees.test.ts";
    const title = "would be found wrong with a title, a file, a script or a path that is not there";
    const good: Row = { promise: "", tests: [{ title, path }], command: `npx vitest run ${path}` };
    expect(faultsOf(good)).toEqual([]);
    const none = ["no", "such", "thing"].join(" ");
    expect(faultsOf({ ...good, tests: [] })).toEqual(["no test"]);
    expect(faultsOf({ ...good, tests: [{ title: none, path }] })).toEqual([`${path} has no test "${none}"`]);
    expect(faultsOf({ ...good, tests: [{ title, path: "test/none.test.ts" }] })).toHaveLength(1);
    for (const command of ["npm run none", "npx vitest run test/none.test.ts", "true"])
      expect(faultsOf({ ...good, command })).toEqual([`there is no command ${command}`]);
  });
});

function faultsOf({ tests, command }: Row): string[] {
  const missing = tests
    .filter(({ title, path }) => !titlesOf(path).includes(JSON.stringify(title)))
    .map(({ title, path }) => `${path} has no test "${title}"`);
  return [
    ...(tests.length === 0 ? ["no test"] : []),
    ...missing,
    ...(isCommand(command) ? [] : [`there is no command ${command}`]),
  ];
}

/** A test file's text from each `it(` on, where titles stand. */
function titlesOf(path: string): string {
  if (!existsSync(join(ROOT, path))) return "";
  return [...readFileSync(join(ROOT, path), "utf8").matchAll(/\bit(?:\.each\([^;]*?\))?\(\s*("[^"]+")/g)]
    .map(([, title]) => title)
    .join("\n");
}

/** An npm script, or vitest with files and folders that are there. */
function isCommand(command: string): boolean {
  const script = /^npm run ([a-z-]+)( -- |$)/.exec(command)?.[1];
  if (script !== undefined) return script in scripts;
  const paths = /^npx vitest run (.+)$/.exec(command)?.[1]?.split(" ") ?? [];
  return paths.length > 0 && paths.every((path) => existsSync(join(ROOT, path)));
}

function rowsOf(markdown: string): Row[] {
  const cells = [...markdown.matchAll(/^\| (.+) \| (.+) \| `(.+)` +\|$/gm)];
  return cells.map(([, promise = "", tests = "", command = ""]) => ({
    promise: promise.trim(),
    tests: [...tests.matchAll(/\[([^\]]+)\]\(\.\.\/\.\.\/([^)]+)\)/g)].map(([, title = "", path = ""]) => ({
      title,
      path,
    })),
    command,
  }));
}
