import type { Code } from "./codes.ts";
import { type Diagnostic, formatDiagnostic, type Position } from "./diagnostic.ts";
import { Secrets } from "./secrets.ts";

/** Enough to fix a file by; a file with more is not a configuration. */
const MOST = 200;

/** Collects the diagnostics of one load. */
export class Findings {
  readonly secrets = new Secrets();
  readonly #found: Diagnostic[] = [];

  /** Adds an error at a place. */
  error(at: Position, code: Code, message: string): void {
    this.add(at, code, message, "error");
  }

  /** Adds a warning at a place. */
  warn(at: Position, code: Code, message: string): void {
    this.add(at, code, message, "warning");
  }

  /** Adds a diagnostic whose code may be a plugin's own. */
  add(at: Position, code: string, message: string, severity: Diagnostic["severity"]): void {
    const { file, line, column } = at;
    this.#found.push({ file, line, column, severity, message, code });
  }

  /** True when there is an error among them. */
  get failed(): boolean {
    return this.#found.some(({ severity }) => severity === "error");
  }

  /** All of them once, without secrets, by place; files in the order of their first diagnostic but `first` before all. */
  list(first: string): readonly Diagnostic[] {
    const files = [...new Set([first, ...this.#found.map(({ file }) => file)])];
    const shown = this.#found.map((found) => ({ ...found, message: this.secrets.hide(found.message) }));
    const distinct = new Map(shown.map((diagnostic) => [formatDiagnostic(diagnostic), diagnostic]));
    return [...distinct.values()]
      .toSorted(
        (a, b) =>
          files.indexOf(a.file) - files.indexOf(b.file) ||
          a.line - b.line ||
          a.column - b.column ||
          a.message.localeCompare(b.message, "en"),
      )
      .slice(0, MOST);
  }
}
