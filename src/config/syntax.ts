import { type Document, LineCounter, parseDocument } from "yaml";
import type { Position } from "./diagnostic.ts";
import type { Findings } from "./findings.ts";
import type { Lines } from "./repair.ts";
import type { Source } from "./source.ts";
import { causeOf, DEPTH_MESSAGE } from "./syntax-cause.ts";

/** More syntax errors than this in one file are not told one by one. */
const MOST_ERRORS = 50;

/** A parsed file. */
export interface Syntax {
  readonly document: Document;
  /** The text that was parsed in the end, which offsets count in; lines are those of the file. */
  readonly text: string;
  readonly source: Source;
  /** The place of an offset in the file. */
  readonly at: (offset: number) => Position;
  /** False where a repaired syntax error, reported already, makes what stands there a guess. */
  readonly trusted: (at: Position) => boolean;
}

/**
 * Parses YAML with every scalar as text. Each syntax error is reported by its cause; then its line is repaired and the
 * file parsed again, so that one error hides no other.
 */
export function parseYaml(source: Source, findings: Findings): Syntax | undefined {
  const original: Lines = source.text.split("\n");
  const damaged = new Set<number>();
  let lines = original;
  for (let round = 0; round <= MOST_ERRORS; round++) {
    const counter = new LineCounter();
    const text = lines.join("\n");
    const document = parse(text, counter);
    if (document === undefined) {
      findings.error({ file: source.file, line: 1, column: 1 }, "too-large", DEPTH_MESSAGE);
      return undefined;
    }
    const at = positions(source, counter);
    const [error] = document.errors;
    if (error === undefined) {
      const trusted = ({ line }: Position) => !damaged.has(line);
      return { document, text, source, at, trusted };
    }
    const cause = causeOf(error, document, lines, (offset) => {
      const { line, column } = at(offset);
      return { line: line - 1, column: column - 1 };
    });
    const repeated = damaged.has(cause.line + 1);
    if (!repeated)
      findings.error({ file: source.file, line: cause.line + 1, column: cause.column + 1 }, cause.code, cause.message);
    lines = repeated ? lines.with(cause.line, "") : cause.repaired;
    for (const [index, line] of lines.entries()) if (line !== original[index]) damaged.add(index + 1);
  }
  return undefined;
}

function parse(text: string, lineCounter: LineCounter): Document | undefined {
  try {
    return parseDocument(text, {
      schema: "failsafe",
      lineCounter,
      prettyErrors: false,
      uniqueKeys: false,
      strict: true,
    });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function positions({ file }: Source, counter: LineCounter): Syntax["at"] {
  return (offset) => {
    const { line, col } = counter.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
}
