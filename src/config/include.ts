import { glob } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import type { Findings } from "./findings.ts";
import { readSource, type Source } from "./source.ts";
import type { Tree } from "./tree.ts";

/** More files than this are not a configuration, but a pattern that catches too much. */
const MOST_FILES = 1_000;

/**
 * Reads the files that the list `include` names, each once, those of one pattern in alphabetical order.
 * @param main the file that has the list; the names of the others are shown as it would name them
 */
export async function readIncluded(
  list: Tree | undefined,
  main: string,
  findings: Findings,
): Promise<readonly Source[]> {
  const sources: Source[] = [];
  const seen = new Set([resolve(main)]);
  for (const pattern of list?.kind === "list" ? list.items : []) {
    if (pattern.kind !== "text" || pattern.broken === true) continue;
    const paths = await matching(pattern.text, pattern.folder);
    if (paths.length === 0) findings.warn(pattern.at, "include-empty", `include: no file matches "${pattern.text}"`);
    for (const path of paths) {
      if (seen.has(path)) continue;
      seen.add(path);
      if (seen.size > MOST_FILES) {
        findings.error(pattern.at, "too-large", `include: more than ${MOST_FILES} files`);
        return sources;
      }
      const file = join(dirname(main), relative(pattern.folder, path));
      const source = await readSource(file, findings, pattern.at);
      if (source !== undefined) sources.push(source);
    }
  }
  return sources;
}

const isPattern = (text: string) => /[*?[{]/.test(text);

/** The absolute paths of the files that a pattern matches; of a plain name itself, there or not. */
async function matching(pattern: string, folder: string): Promise<readonly string[]> {
  if (!isPattern(pattern)) return [resolve(folder, pattern)];
  const paths: string[] = [];
  for await (const entry of glob(pattern, { cwd: folder, withFileTypes: true }))
    if (!entry.isDirectory()) paths.push(resolve(entry.parentPath, entry.name));
  return paths.toSorted();
}
