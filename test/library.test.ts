import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { blocksOf } from "./parts/markdown.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "fieldline-library-"));
afterAll(() => rmSync(folder, { recursive: true }));

const CONFIGURATION = `version: 1
agent: { http: false }
inputs:
  pipe: { type: stdin }
outputs:
  copy: { type: file, path: copy.lp }
`;
const TSCONFIG = {
  compilerOptions: { module: "nodenext", target: "es2024", strict: true, noEmit: true, types: ["node"] },
  files: ["app.ts"],
};

/** A project of somebody else's, with this package in its node_modules as `npm install FOLDER` puts it there. */
beforeAll(() => {
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(ROOT, join(folder, "node_modules/fieldline"));
  symlinkSync(join(ROOT, "node_modules/@types"), join(folder, "node_modules/@types"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(TSCONFIG));
  writeFileSync(join(folder, "fieldline.yaml"), CONFIGURATION);
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  writeFileSync(join(folder, "app.ts"), blocksOf(readme).find(({ language }) => language === "ts")?.text ?? "");
});

describe("the program of the README, in a project of its own", () => {
  it("compiles, and so do all declarations that it imports", () => {
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    expect(execFileSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" })).toBe("");
  });

  it("runs an agent until its inputs end", async () => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const child = execFile(process.execPath, ["app.ts"], { cwd: folder }, (error, stdout) =>
      error === null ? resolve(stdout) : reject(error),
    );
    child.stdin?.end("bbq temp=1 1\nbbq temp=2 2\n");
    expect(await promise).toContain("delivered: 2");
    expect(readFileSync(join(folder, "copy.lp"), "utf8")).toBe("bbq temp=1 1\nbbq temp=2 2\n");
  });
});
