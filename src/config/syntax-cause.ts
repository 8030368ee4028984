import { type Document, isCollection, isScalar, visit, type YAMLError } from "yaml";
import type { Code } from "./codes.ts";
import { BRACES, braceMessage, COMMENT_MESSAGE, withoutQuoted } from "./unquoted.ts";
import { blank, indentLike, type Lines, withoutValue } from "./repair.ts";

/** A place in the lines; both count from 0. */
export interface Spot {
  readonly line: number;
  readonly column: number;
}

/** What a YAML error really comes from, and lines from which that error is gone. */
export interface Cause extends Spot {
  readonly code: Code;
  readonly message: string;
  readonly repaired: Lines;
}

interface Site extends Spot {
  readonly error: YAMLError;
  readonly lines: Lines;
  /** The line of the error. */
  readonly text: string;
  /** Where the list, map or quoted text begins that the parser was in. */
  readonly opening: Spot | undefined;
}

/**
 * Looks for a common cause of a parser's error; the last one fits every error.
 * @param spot the place of an offset in the lines
 */
export function causeOf(error: YAMLError, document: Document, lines: Lines, spot: (offset: number) => Spot): Cause {
  const { line, column } = spot(error.pos[0]);
  const start = openingBefore(error.pos[0], document);
  const opening = start === undefined ? undefined : spot(start);
  const site = { error, lines, line, column, text: lines[line] ?? "", opening };
  for (const cause of [depth, documents, tab, unclosed, brace, comment, colon, indentation, reserved, escape]) {
    const found = cause(site);
    if (found !== undefined) return found;
  }
  const message = MESSAGES[error.code] ?? error.message.replace(/: ".*$/s, "");
  return { code: "yaml-syntax", message: `YAML cannot read this: ${message}`, ...withoutValueAt(site, column) };
}

/** What to say of more brackets in brackets than the parser can take. */
export const DEPTH_MESSAGE = "nested too deeply for a configuration";

/** What the parser says in terms of its own. */
const MESSAGES: Readonly<Record<string, string>> = {
  BLOCK_IN_FLOW: "a comma is missing within the braces, or a text with a colon and a space needs quotes",
  UNEXPECTED_TOKEN: "there is text after the end of the value; put all of it in quotes",
};

/** The start of the innermost list, map in braces or quoted text that an offset is in or at the end of. */
function openingBefore(offset: number, document: Document): number | undefined {
  let start: number | undefined;
  visit(document, {
    Node(_, node) {
      const open = (isCollection(node) && node.flow === true) || (isScalar(node) && node.type?.startsWith("QUOTE"));
      const [from, , to] = node.range ?? [Infinity, 0, 0];
      if (open === true && from < offset && to >= offset && from >= (start ?? 0)) start = from;
    },
  });
  return start;
}

function withoutValueAt({ lines, line, text }: Site, column: number): Spot & { readonly repaired: Lines } {
  return { line, column, repaired: lines.with(line, withoutValue(text)) };
}

function depth(site: Site): Cause | undefined {
  if (site.error.code !== "RESOURCE_EXHAUSTION") return undefined;
  return { code: "too-large", message: DEPTH_MESSAGE, ...withoutValueAt(site, site.column) };
}

function documents({ error, lines, line, column }: Site): Cause | undefined {
  if (error.code !== "MULTIPLE_DOCS") return undefined;
  const message = "a second document begins here, but a configuration is one: remove this line or `include` the rest";
  return { code: "yaml-documents", message, line, column, repaired: blank(lines, line, lines.length) };
}

function tab({ lines, line, text }: Site): Cause | undefined {
  const indentation = /^\s*/.exec(text)?.[0] ?? "";
  const column = indentation.indexOf("\t");
  if (column === -1) return undefined;
  const repaired = lines.with(line, indentation.replaceAll("\t", "  ") + text.slice(indentation.length));
  return { code: "yaml-tab", message: "a tab in the indentation; YAML wants spaces", line, column, repaired };
}

function unclosed({ error, lines, line, opening }: Site): Cause | undefined {
  if (opening === undefined || !/Missing closing|must be sufficiently indented/.test(error.message)) return undefined;
  const text = lines[opening.line] ?? "";
  const character = text[opening.column] ?? "";
  const closing = { "[": "]", "{": "}" }[character];
  const until = closing === undefined ? opening.line + 1 : Math.max(line, opening.line + 1);
  const within = lines.slice(opening.line, until).map((each, at) => (at === 0 ? each.slice(opening.column) : each));
  const hash = within.findIndex((each) => /(^|[\s,[{])#/.test(withoutQuoted(each)));
  const repaired = blank(lines.with(opening.line, withoutValue(text)), opening.line + 1, until);
  if (closing !== undefined && hash !== -1 && hash === within.length - 1) {
    const column = withoutQuoted(lines[opening.line + hash] ?? "").search(/(?<=^|[\s,[{])#/);
    return { code: "yaml-quote", message: COMMENT_MESSAGE, line: opening.line + hash, column, repaired };
  }
  const message = `the ${character} that begins here is never closed; add the ${closing ?? character} that ends it`;
  return { code: "yaml-unclosed", message, ...opening, repaired };
}

function brace(site: Site): Cause | undefined {
  for (const { 0: word, index } of withoutQuoted(site.text).matchAll(BRACES)) {
    if (/^\{[^}]*\}$/.test(word)) continue;
    return { code: "yaml-quote", message: braceMessage(word, site.text), ...withoutValueAt(site, index) };
  }
  return undefined;
}

function comment(site: Site): Cause | undefined {
  if (!site.error.message.startsWith("Comments must be separated")) return undefined;
  return { code: "yaml-quote", message: COMMENT_MESSAGE, ...withoutValueAt(site, site.text.indexOf("#", site.column)) };
}

function colon({ error, lines, line, text }: Site): Cause | undefined {
  if (error.code !== "MULTILINE_IMPLICIT_KEY" && !error.message.startsWith("Implicit map keys")) return undefined;
  const match = /^(\s*(?:-\s+)*([A-Za-z_][\w-]*):)(\S.*)$/.exec(text);
  if (match === null) {
    const column = text.search(/\S/);
    const repaired = lines.with(
      line,
      /^\s*(?:- )*[\w-]+(?= |$)/.test(text) ? text.replace(/[\w-]+(?= |$)/, "$&:") : "",
    );
    return { code: "yaml-colon", message: "expected `key: value`, found no colon", line, column, repaired };
  }
  const [, start = "", key = "", rest = ""] = match;
  const repaired = lines.with(line, `${start} ${rest}`);
  return { code: "yaml-colon", message: `a space is missing after "${key}:"`, line, column: start.length, repaired };
}

function indentation({ error, lines, line, column, text }: Site): Cause | undefined {
  const above = lines.findLastIndex((each, at) => at < line && /^\s*[^\s#]/.test(each));
  if (error.code === "BLOCK_AS_IMPLICIT_KEY" && !/: .*: /.test(withoutQuoted(text).slice(text.search(/\S/)))) {
    const next = lines.findIndex((each, at) => at > line && /^\s*[^\s#]/.test(each));
    const found = lines[next];
    if (found === undefined) return undefined;
    const message = `indented deeper than line ${line + 1}, which has its value already; indent it alike`;
    const repaired = lines.with(next, indentLike(found, text));
    return { code: "yaml-indentation", message, line: next, column: found.search(/\S/), repaired };
  }
  if (error.code === "BLOCK_AS_IMPLICIT_KEY") {
    const message = "a colon and a space within a value begin a map; put the value in quotes";
    const repaired = lines.with(line, withoutValue(text));
    return { code: "yaml-quote", message, line, column, repaired };
  }
  if (error.code !== "BAD_INDENT" || above === -1) return undefined;
  const message = `the indentation fits none of the lines above; indent it like line ${above + 1}`;
  const repaired = lines.with(line, indentLike(text, lines[above] ?? ""));
  return { code: "yaml-indentation", message, line, column: Math.max(0, text.search(/\S/)), repaired };
}

function reserved(site: Site): Cause | undefined {
  if (site.error.code !== "BAD_SCALAR_START" && site.error.code !== "BAD_ALIAS") return undefined;
  const character = site.text[site.column] ?? "";
  const message = `text cannot begin with ${character} in YAML; put it in quotes`;
  return { code: "yaml-quote", message, ...withoutValueAt(site, site.column) };
}

function escape(site: Site): Cause | undefined {
  if (site.error.code !== "BAD_DQ_ESCAPE") return undefined;
  const message = "a backslash in double quotes begins an escape; write \\\\ or use single quotes";
  return { code: "yaml-quote", message, ...withoutValueAt(site, site.column) };
}
