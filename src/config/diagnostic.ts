/** A place in a configuration file; line and column count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A problem in a configuration. */
export interface Diagnostic extends Position {
  readonly severity: "error" | "warning";
  /** What was found, what was expected and the nearest right name; without secrets. */
  readonly message: string;
  /** A code of the catalogue, or a plugin's own. */
  readonly code: string;
}

/** `FILE:LINE:COL: error|warning: MESSAGE [code]`, on one line. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { file, line, column, severity, message, code } = diagnostic;
  return `${file}:${line}:${column}: ${severity}: ${message.replaceAll(/\s*\n\s*/g, " ")} [${code}]`;
}
