import { resolve } from "node:path";
import { group, mapScalars, type Problem, type SettingsOf, type SettingsShape, validate } from "../schema/index.ts";
import type { Position } from "./diagnostic.ts";
import type { Findings } from "./findings.ts";
import { childOf, locate, type MapNode, type Path, plain, type Tree, visitTexts } from "./tree.ts";
import { braceMessage, COMMENT_MESSAGE } from "./unquoted.ts";

/**
 * Reads the settings of a map: validated, with paths made absolute and secrets remembered; undefined, with a diagnostic
 * for every problem, when they are not right.
 * @param owner where the map's own key stands
 */
export function readSettings<Shape extends SettingsShape>(
  shape: Shape,
  map: MapNode,
  owner: Position,
  findings: Findings,
  ignore: (problem: Problem) => boolean = () => false,
): SettingsOf<Shape> | undefined {
  const schema = group(shape, "");
  const tree = mapScalars(schema, withDefaultPaths(shape, map), (text, meta, path) => {
    if (meta.secret === true) findings.secrets.add(text);
    return meta.path === true && text !== "" ? resolve(folderOf(map, path), text) : text;
  });
  const result = validate(schema, tree);
  if (result.problems !== undefined) {
    report(
      result.problems.filter((problem) => !ignore(problem)),
      map,
      owner,
      findings,
    );
    return undefined;
  }
  visitTexts(map, ({ hidden }, path) => {
    const value: unknown = path.reduce<unknown>(
      (at, key) => (at as Record<string, unknown> | undefined)?.[key],
      result.value,
    );
    if (hidden && typeof value === "number") findings.secrets.add(String(value));
  });
  return result.value;
}

/** The map as plain values, with the paths among its defaults written out, so that they become absolute as well. */
function withDefaultPaths(shape: SettingsShape, map: MapNode): unknown {
  const paths = Object.entries(shape)
    .filter(([key, setting]) => !map.entries.has(key) && setting.meta.path === true)
    .map(([key, setting]) => [key, setting.default] as const)
    .filter(([, value]) => value !== undefined);
  return { ...(plain(map) as object), ...Object.fromEntries(paths) };
}

function folderOf(map: MapNode, path: Path): string {
  let tree: Tree | undefined = map;
  for (const key of path) tree = childOf(tree, key) ?? tree;
  return tree.folder;
}

/** Adds a diagnostic for each problem, at the place that its path leads to, but where something is reported already. */
export function report(problems: readonly Problem[], tree: Tree, owner: Position, findings: Findings): void {
  for (const problem of problems) {
    const located = locate(tree, problem.path, owner, problem.atKey);
    if (located.broken) continue;
    const quote =
      problem.code === "wrong-type" && located.found ? unquoted(located.tree, problem.path.join(".")) : undefined;
    const message = quote ?? messageOf(problem);
    findings.add(located.at, quote === undefined ? problem.code : "yaml-quote", message, problem.severity ?? "error");
  }
}

/** What to say of a value that is what YAML makes of a text without quotes. */
function unquoted(tree: Tree, name: string): string | undefined {
  if (tree.kind === "nothing" && tree.comment) return COMMENT_MESSAGE;
  return tree.kind === "map" && tree.braces !== undefined ? braceMessage(tree.braces, name) : undefined;
}

function messageOf({ path, message, atKey }: Problem): string {
  const name = path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`))
    .join("")
    .replace(/^\./, "");
  if (name === "" || atKey === true) return message;
  return message.startsWith("is required") ? `${name} ${message}` : `${name}: ${message}`;
}
