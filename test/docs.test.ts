import { existsSync, globSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { describe, expect, it } from "vitest";
import { anchorsOf, blocksOf, relativeLinksOf } from "./parts/markdown.ts";

const root = new URL("../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");
const exists = (path: string) => existsSync(new URL(path, root));
const pages = ["*.md", "docs/**/*.md", "plugins/*/*/*.md", "bench/**/*.md", "configs/**/*.md"]
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
    const named = pages.flatMap(({ text }) => [...text.matchAll(/npm run ([a-z:]+)/g)].map(([, name = ""]) => name));
    expect(named).not.toEqual([]);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it.each(FORBIDDEN)("do not say %s", (word) => {
    expect(pages.filter((page) => word.test(page.text)).map((page) => page.path)).toEqual([]);
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
