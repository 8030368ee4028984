/** What is wrong with a setting, before it has a file and a line. */
export interface Problem {
  /** Keys and indexes from the settings' root to the value. */
  readonly path: readonly (string | number)[];
  /** A code of the catalogue in docs/reference/errors.md. */
  readonly code: string;
  /** What was found, what was expected, and the nearest right name. */
  readonly message: string;
  /** The problem is with the last key of the path, not with its value. */
  readonly atKey?: boolean;
  readonly severity?: "error" | "warning";
}
