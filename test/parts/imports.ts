import { readFileSync } from "node:fs";
import { parseSync, Visitor } from "oxc-parser";

/** One import of a file: of values or of types, `export … from` too. */
export interface Import {
  /** As it is written. */
  readonly specifier: string;
  /** It is an `import()` expression, so nothing is loaded before it runs. */
  readonly lazy: boolean;
}

/** A source file and what it imports. */
export interface SourceFile {
  /** From the root of the repository, with slashes. */
  readonly path: string;
  readonly imports: readonly Import[];
}

/** The imports of a TypeScript text. An `import()` of something other than a plain string is not among them. */
export function importsOf(path: string, source: string): Import[] {
  const { module, program, errors } = parseSync(path, source);
  if (errors.length > 0) throw new Error(`${path} does not parse: ${errors[0]?.message}`);
  const statements = [...module.staticImports, ...module.staticExports.flatMap((statement) => statement.entries)];
  const found = statements
    .flatMap(({ moduleRequest }) => moduleRequest?.value ?? [])
    .map((specifier) => ({ specifier, lazy: false }));
  const visitor = new Visitor({
    ImportExpression({ source: from }) {
      if (from.type === "Literal") found.push({ specifier: String(from.value), lazy: true });
    },
    TSImportType({ source: from }) {
      found.push({ specifier: from.value, lazy: false });
    },
  });
  visitor.visit(program);
  return found;
}

/** Reads the files at `paths` below `root`. */
export function readSources(root: URL, paths: readonly string[]): SourceFile[] {
  return paths.map((path) => ({ path, imports: importsOf(path, readFileSync(new URL(path, root), "utf8")) }));
}
