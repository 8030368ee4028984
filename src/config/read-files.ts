import type { Findings } from "./findings.ts";
import { readIncluded } from "./include.ts";
import { nameOf } from "./read-item.ts";
import { readSource, type Source, sourceOf } from "./source.ts";
import { parseYaml } from "./syntax.ts";
import type { MapNode } from "./tree.ts";
import { treeOf } from "./walk.ts";

/** A configuration's file and those that it includes, as far as they can be read. */
export interface ReadFiles {
  readonly source: Source;
  readonly main: MapNode;
  readonly included: readonly MapNode[];
  /** Of all files, this one first. */
  readonly names: readonly string[];
  /** In the same order. */
  readonly texts: readonly string[];
}

/**
 * Reads a configuration with all that it includes, without a look at what it says.
 * @param text its text, when it need not be read
 * @param environment for `${VAR}`
 * @returns undefined, with diagnostics, when the file itself cannot be read
 */
export async function readFiles(
  file: string,
  text: string | undefined,
  environment: NodeJS.ProcessEnv,
  findings: Findings,
): Promise<ReadFiles | undefined> {
  const start = { file, line: 1, column: 1 };
  const source = text === undefined ? await readSource(file, findings, start) : sourceOf(file, text);
  const main = source === undefined ? undefined : readFile(source, environment, findings);
  if (source === undefined || main === undefined) return undefined;
  const sources = await readIncluded(main.entries.get("include")?.value, file, findings);
  const included = sources.flatMap((each) => readFile(each, environment, findings) ?? []);
  const names = [file, ...sources.map((each) => each.file)];
  return { source, main, included, names, texts: [source, ...sources].map((each) => each.text) };
}

/** A file as a map; undefined, with diagnostics, when it is none. */
function readFile(source: Source, environment: NodeJS.ProcessEnv, findings: Findings): MapNode | undefined {
  const syntax = parseYaml(source, findings);
  if (syntax === undefined) return undefined;
  const tree = treeOf(syntax, findings, environment);
  const at = { file: source.file, line: 1, column: 1 };
  if (tree.kind === "map") return tree;
  if (tree.kind === "nothing" && tree.broken !== true)
    findings.error(at, "empty-file", "the file is empty; begin with `version: 1`, an input and an output");
  else if (tree.broken !== true)
    findings.error(tree.at, "wrong-type", `expected keys such as "version: 1" and "inputs:", found ${nameOf(tree)}`);
  return undefined;
}
