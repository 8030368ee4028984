import { existsSync, globSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { formatDiagnostic, loadPlan } from "../src/config/index.ts";
import { createProgram } from "../src/cli/program.ts";
import { faultOfCommandLine } from "./parts/command-line.ts";
import { anchorsOf, blocksOf, relativeLinksOf } from "./parts/markdown.ts";

const root = new URL("../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");
const exists = (path: string) => existsSync(new URL(path, root));
const pages = [
  "*.md",
  "docs/**/*.md",
  "plugins/*/*/*.md",
  "bench/**/*.md",
  "configs/**/*.md",
  "firmware/**/*.md",
  "src/**/*.md",
]
  .flatMap((pattern) => globSync(pattern, { cwd: root }))
  .map((path) => ({ path, text: read(path) }));

/** Words that are no part of what the project says: unfinished work, and places on one machine or network. */
const FORBIDDEN = [
  /\bTODO\b/,
  /\bFIXME\b/,
  /\bXXX\b/,
  /\/work\//,
  /\/tmp\//,
  /\bregistry\.npmjs\b/,
  /\bdeb\.debian\.org\b/,
];

/** Where a page's relative link leads nowhere, as sentences. */
function brokenLinks(path: string, text: string): string[] {
  return relativeLinksOf(text).flatMap((link) => {
    const [file = "", anchor] = link.split("#");
    const target = file === "" ? path : posix.join(posix.dirname(path), file);
    if (!exists(target)) return [`${path} links to ${link}, which is not there`];
    const known = anchor === undefined || !target.endsWith(".md") || anchorsOf(read(target)).includes(anchor);
    return known ? [] : [`${path} links to ${link}, and ${target} has no such heading`];
  });
}

describe("the documents", () => {
  it("are found", () => {
    expect(pages.map((page) => page.path)).toEqual(expect.arrayContaining(["README.md", "docs/ARCHITECTURE.md"]));
  });

  it("link to what is there", () => {
    expect(pages.flatMap(({ path, text }) => brokenLinks(path, text))).toEqual([]);
  });

  it("name npm scripts that exist", () => {
    const { scripts } = JSON.parse(read("package.json")) as { readonly scripts: Readonly<Record<string, string>> };
    const named = pages.flatMap(({ text }) => [...text.matchAll(/npm run ([a-z:-]+)/g)].map(([, name = ""]) => name));
    expect(named).not.toEqual([]);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it("show whole configurations without an error or a warning", async () => {
    const configurations = pages.flatMap(({ path, text }) =>
      blocksOf(text)
        .filter(({ language, text: yaml }) => language === "yaml" && /^version:/m.test(yaml))
        // One with a plugin of its own needs that file: contributing.test.ts has both.
        .filter(({ text: yaml }) => !yaml.includes("plugins: [./"))
        .map((block) => ({ file: fileURLToPath(new URL(path, root)), text: block.text })),
    );
    expect(configurations).not.toEqual([]);
    const loaded = await Promise.all(configurations.map(({ file, text }) => loadPlan(file, { text })));
    expect(loaded.flatMap(({ diagnostics }) => diagnostics.map(formatDiagnostic))).toEqual([]);
  });

  it("name commands and options that exist", () => {
    const lines = pages.flatMap(({ text }) =>
      blocksOf(text)
        .filter((block) => block.language === "sh")
        .flatMap((block) => block.text.match(/(?<=^|npx |\| )fieldline .*$/gm) ?? []),
    );
    expect(lines).not.toEqual([]);
    const program = createProgram();
    expect(lines.flatMap((line) => faultOfCommandLine(program, line) ?? [])).toEqual([]);
  });

  it.each(FORBIDDEN)("do not say %s", (word) => {
    expect(pages.filter((page) => word.test(page.text)).map((page) => page.path)).toEqual([]);
  });
});

describe("the check of command lines", () => {
  it.each([
    ["fieldline brew", 'there is no command "brew"'],
    ["fieldline check --loudly", 'there is no option "--loudly"'],
    ["fieldline check -c patio.yaml --json | jq --raw-output .", undefined],
    ["fieldline --version # prints it", undefined],
  ])("says of %s: %s", (line, fault) => {
    expect(faultOfCommandLine(createProgram(), line)).toBe(fault === undefined ? undefined : `${line}: ${fault}`);
  });
});

describe("the check of links", () => {
  it("finds a file and a heading that are not there", () => {
    const text = "# Here\n[a](none.md) [b](#there) [c](#here) [d](README.md) `[e](f.md)`\n```\n[g](h.md)\n```\n";
    expect(brokenLinks("README.md", text)).toEqual([
      "README.md links to none.md, which is not there",
      "README.md links to #there, and README.md has no such heading",
      "README.md links to #here, and README.md has no such heading",
    ]);
    expect(blocksOf(text)).toEqual([{ language: "", text: "[g](h.md)\n" }]);
  });
});
