import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar, type YAMLMap } from "yaml";
import type { Position } from "./diagnostic.ts";
import type { Findings } from "./findings.ts";
import type { Syntax } from "./syntax.ts";
import type { Entry, Tree } from "./tree.ts";
import { CUT_MESSAGE, STRANGE_SPACE, TYPOGRAPHIC, TYPOGRAPHIC_MESSAGE } from "./unquoted.ts";
import { expand } from "./variables.ts";

/** Bounds what aliases of aliases can unfold to. */
const MOST_VALUES = 20_000;
const DEEPEST = 100;

/** Turns a parsed file into a tree of texts with their places; aliases, merges and variables are resolved. */
export function treeOf(syntax: Syntax, findings: Findings, environment: NodeJS.ProcessEnv): Tree {
  return new Walk(syntax, findings, environment).tree(syntax.document.contents, 0, { depth: 0, aliases: [] });
}

/** How the walk came to a node. */
interface Way {
  readonly depth: number;
  /** The targets of the aliases on the way. */
  readonly aliases: readonly Node[];
}

class Walk {
  readonly #syntax: Syntax;
  readonly #findings: Findings;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #anchors = new Map<string, Node>();
  #values = 0;

  constructor(syntax: Syntax, findings: Findings, environment: NodeJS.ProcessEnv) {
    this.#syntax = syntax;
    this.#findings = findings;
    this.#environment = environment;
  }

  tree(node: Node | null, offset: number, { depth, aliases }: Way): Tree {
    const start = node?.range?.[0] ?? offset;
    const at = this.#syntax.at(start);
    this.#values += 1;
    if (this.#values > MOST_VALUES || depth > DEEPEST) return this.#tooLarge(at);
    if (node === null) return this.#nothing(at, start);
    const way = { depth: depth + 1, aliases };
    if (isAlias(node)) return this.#alias(node.source, at, way);
    if (node.anchor !== undefined && aliases.length === 0) this.#anchors.set(node.anchor, node);
    if (node.tag?.startsWith("!") === true) this.#findings.error(at, "yaml-tag", tagMessage(node.tag));
    if (isMap(node)) return this.#map(node, at, way);
    if (isScalar(node)) return this.#scalar(node, at, start);
    const items = isSeq(node) ? node.items.map((item) => this.tree(item as Node | null, start, way)) : [];
    return { ...this.#placed(at, this.#spansLines(node, at)), kind: "list", items };
  }

  /** @param spansLines its place is its first entry's, and says nothing of the others */
  #placed(at: Position, spansLines = false) {
    return { at, folder: this.#syntax.source.folder, broken: !spansLines && !this.#syntax.trusted(at) };
  }

  #spansLines(node: Node, at: Position): boolean {
    return this.#syntax.at((node.range?.[1] ?? 1) - 1).line > at.line;
  }

  #broken(at: Position): Tree {
    return { ...this.#placed(at), kind: "nothing", comment: false, broken: true };
  }

  #tooLarge(at: Position): Tree {
    const message = `more than ${MOST_VALUES} values, or nested more than ${DEEPEST} deep; are aliases nested in aliases?`;
    if (this.#values < Infinity) this.#findings.error(at, "too-large", message);
    this.#values = Infinity;
    return this.#broken(at);
  }

  #nothing(at: Position, offset: number): Tree {
    const comment = /^[^\S\n]*#(\s*\n|[^\s#])/.test(this.#syntax.text.slice(offset, offset + 200));
    return { ...this.#placed(at), kind: "nothing", comment };
  }

  #scalar(node: Scalar, at: Position, start: number): Tree {
    const source = String(node.value);
    if (source === "" && node.type === "PLAIN") return this.#nothing(at, start);
    const unmeant = node.type === "PLAIN" && this.#isUnmeant(source, at, node.range?.[1] ?? start);
    const { folder } = this.#syntax.source;
    const { text, secrets, problems } = expand(source, { environment: this.#environment, folder });
    for (const secret of secrets) this.#findings.secrets.add(secret);
    if (secrets.length > 0) this.#findings.secrets.add(text);
    for (const { code, message, reference } of problems) {
      const offset = this.#syntax.text.indexOf(reference, start);
      this.#findings.error(offset === -1 ? at : this.#syntax.at(offset), code, message);
    }
    const placed = this.#placed(at);
    return {
      ...placed,
      kind: "text",
      text,
      hidden: secrets.length > 0,
      broken: placed.broken || unmeant || problems.length > 0,
    };
  }

  /** Whether a text without quotes, which ends at an offset, is not what was meant; reports that, and what may not be. */
  #isUnmeant(source: string, at: Position, end: number): boolean {
    if (!this.#syntax.trusted(at)) return false;
    const [space] = /^[^\S\n]+(?=#[^\s#])/.exec(this.#syntax.text.slice(end, end + 200)) ?? [];
    if (space !== undefined) this.#findings.warn(this.#syntax.at(end + space.length), "yaml-quote", CUT_MESSAGE);
    const typographic = TYPOGRAPHIC.test(source);
    if (typographic) this.#findings.error(at, "yaml-quote", TYPOGRAPHIC_MESSAGE);
    return typographic;
  }

  #alias(name: string, at: Position, { depth, aliases }: Way): Tree {
    const target = this.#anchors.get(name);
    if (target !== undefined && !aliases.includes(target))
      return this.tree(target, 0, { depth, aliases: [...aliases, target] });
    const message =
      target === undefined
        ? `there is no anchor &${name} above this alias; if text is meant, put it in quotes: "*${name}"`
        : `the alias *${name} stands within its own anchor`;
    if (this.#syntax.trusted(at)) this.#findings.error(at, "yaml-alias", message);
    return this.#broken(at);
  }

  #map(node: YAMLMap, at: Position, way: Way): Tree {
    const entries = new Map<string, Entry>();
    const merged: Tree[] = [];
    for (const pair of node.items as Pair<Node, Node | null>[]) {
      const key = this.#key(pair, way);
      if (key === undefined) continue;
      const value = this.tree(pair.value, pair.key.range?.[1] ?? 0, way);
      if (key.merge) merged.push(...this.#mergeSources(value));
      else this.#enter(entries, key, value);
    }
    for (const source of merged)
      if (source.kind === "map")
        for (const [name, entry] of source.entries) if (!entries.has(name)) entries.set(name, entry);
    return {
      ...this.#placed(at, this.#spansLines(node, at)),
      kind: "map",
      entries,
      ...bracesOf(node, this.#syntax.text),
    };
  }

  #key({ key }: Pair<Node, Node | null>, way: Way): { name: string; at: Position; merge: boolean } | undefined {
    const at = this.#syntax.at(key.range?.[0] ?? 0);
    const scalar = isAlias(key) ? this.#anchors.get(key.source) : key;
    if (isScalar(scalar) && STRANGE_SPACE.test(String(scalar.value))) {
      this.#findings.error(
        at,
        "yaml-indentation",
        "the space before this key is of a kind that YAML does not indent by: type it anew",
      );
      return undefined;
    }
    if (isScalar(scalar) && String(scalar.value) !== "")
      return { name: String(scalar.value), at, merge: scalar.type === "PLAIN" && scalar.value === "<<" };
    this.tree(key, 0, way);
    if (this.#syntax.trusted(at)) this.#findings.error(at, "yaml-key", "a key is text; put it in quotes");
    return undefined;
  }

  #enter(entries: Map<string, Entry>, { name, at }: { name: string; at: Position }, value: Tree): void {
    const [, start, rest] = /^([A-Za-z_][\w-]*):(.+)$/.exec(name) ?? [];
    if (start !== undefined && rest !== undefined && value.kind === "nothing") {
      if (this.#syntax.trusted(at))
        this.#findings.error(
          { ...at, column: at.column + start.length + 1 },
          "yaml-colon",
          `a space is missing after "${start}:"`,
        );
      entries.set(start, { key: at, value: this.#broken(at) });
      return;
    }
    const first = entries.get(name);
    if (first === undefined) entries.set(name, { key: at, value });
    else if (this.#syntax.trusted(at))
      this.#findings.error(at, "yaml-duplicate-key", `"${name}" is set already, on line ${first.key.line}; keep one`);
  }

  #mergeSources(value: Tree): readonly Tree[] {
    const sources = value.kind === "list" ? value.items : [value];
    for (const source of sources)
      if (source.kind !== "map" && source.broken !== true)
        this.#findings.error(source.at, "yaml-alias", "<< takes a map or a list of maps, such as *name of an anchor");
    return sources;
  }
}

function tagMessage(tag: string): string {
  const instead: Readonly<Record<string, string>> = {
    "!secret": "a secret comes from a file or a variable: ${file:PATH} or ${NAME}",
    "!env_var": "a variable is written ${NAME}",
    "!include": "other files come in by the top-level list `include:`",
  };
  return `the tag ${tag} means nothing here; ${instead[tag] ?? "if text is meant, put it in quotes"}`;
}

/** `{grill}` is a map with a key and no value: what somebody writes who means the text. */
function bracesOf(node: YAMLMap, text: string): { braces: string } | undefined {
  if (node.flow !== true || node.items.length === 0) return undefined;
  const bare = node.items.every(({ value }) => value === null);
  return bare && node.range ? { braces: text.slice(node.range[0], node.range[1]) } : undefined;
}
