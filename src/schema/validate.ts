import type { z } from "zod";
import { suggestion } from "./nearest.ts";
import type { Problem } from "./problem.ts";

export type Validated<T> =
  | { readonly value: T; readonly problems?: undefined }
  | { readonly problems: readonly Problem[] };

/** Reads a tree of text scalars with a setting: its value, or every problem at once. */
export function validate<T>(schema: z.ZodType<T>, tree: unknown): Validated<T> {
  const result = schema.safeParse(tree);
  return result.success ? { value: result.data } : { problems: result.error.issues.flatMap(problemsOf) };
}

function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  const path = issue.path.map((key) => (typeof key === "symbol" ? String(key) : key));
  if (issue.code === "unrecognized_keys") {
    const known = issue.message.split(" ");
    return issue.keys.map((key) => {
      const message = `unknown key "${key}"${suggestion(key, known)}`;
      return { path: [...path, key], code: "unknown-key", message, atKey: true };
    });
  }
  const code = issue.code === "custom" ? String(issue.params?.["code"] ?? "invalid") : "wrong-type";
  const missing = issue.message.startsWith("is required");
  return [{ path, code: missing ? "missing-setting" : code, message: issue.message }];
}
