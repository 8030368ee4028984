import type { Problem } from "./problem.ts";
import type { Setting } from "./setting.ts";

export type Validated<T> =
  | { readonly value: T; readonly problems?: undefined }
  | { readonly problems: readonly Problem[] };

/** Reads a tree of text scalars with a setting: its value, or every problem at once. */
export function validate<T>(setting: Setting<T>, tree: unknown): Validated<T> {
  const problems: Problem[] = [];
  const value = setting.read(tree, [], problems);
  return problems.length === 0 ? { value } : { problems };
}
