import { isUtf8 } from "node:buffer";
import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { Code } from "./codes.ts";

/** A secret is a line of text; a larger file is something else. */
const LARGEST_BYTES = 2 ** 20;

export interface Scope {
  readonly environment: NodeJS.ProcessEnv;
  /** From which the relative paths of `${file:PATH}` start. */
  readonly folder: string;
}

export interface VariableProblem {
  readonly code: Code;
  readonly message: string;
  /** The text of the reference as it stands in the file, from `${`. */
  readonly reference: string;
}

export interface Expanded {
  readonly text: string;
  /** What variables and files gave, which nobody may see. */
  readonly secrets: readonly string[];
  readonly problems: readonly VariableProblem[];
}

/**
 * Puts in the values of `${VAR}`, `${VAR:-default}` and `${file:PATH}`; `$$` is a dollar; any other dollar stays.
 * A default holds for a variable that is unset or empty. A file loses one newline at its end.
 */
export function expand(text: string, scope: Scope): Expanded {
  const secrets: string[] = [];
  const problems: VariableProblem[] = [];
  const expanded = text.replaceAll(/\$\$|\$\{([^}]*)(\}?)/g, (reference, inner?: string, end?: string) => {
    if (inner === undefined) return "$";
    const value = end === "" ? unterminated() : valueOf(inner, scope);
    if (typeof value === "string") {
      secrets.push(value);
      return value;
    }
    if ("fallback" in value) return value.fallback;
    problems.push({ ...value, reference });
    return "";
  });
  return { text: expanded, secrets, problems };
}

type Value = string | { readonly fallback: string } | Omit<VariableProblem, "reference">;

function unterminated(): Value {
  return { code: "variable-unterminated", message: "`${` has no closing `}`; write `$${` for a dollar and a brace" };
}

function valueOf(inner: string, { environment, folder }: Scope): Value {
  if (/^file:./.test(inner)) return contentOf(inner.slice("file:".length), folder);
  const [, name, fallback] = /^([A-Za-z_][A-Za-z0-9_]*)(?::-([\s\S]*))?$/.exec(inner) ?? [];
  if (name === undefined) {
    const message = `"\${${inner}}" names no variable: expected \${NAME}, \${NAME:-default} or \${file:PATH}; write $$ for a dollar`;
    return { code: "variable-name", message };
  }
  const value = environment[name];
  if (value !== undefined && (value !== "" || fallback === undefined)) return value;
  if (fallback !== undefined) return { fallback: fallback.replaceAll("$$", () => "$") };
  const message = `the variable ${name} is not set; set it in the environment, or give a default: \${${name}:-default}`;
  return { code: "variable-unset", message };
}

function contentOf(path: string, folder: string): Value {
  const file = resolve(folder, path);
  try {
    const { size } = statSync(file);
    if (!statSync(file).isFile()) return unreadable(path, "it is no regular file");
    if (size > LARGEST_BYTES) return unreadable(path, `it has ${size} bytes, more than ${LARGEST_BYTES}`);
    const bytes = readFileSync(file);
    return isUtf8(bytes) ? bytes.toString().replace(/\r?\n$/, "") : unreadable(path, "it is not UTF-8 text");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return unreadable(path, "there is no such file");
    return unreadable(path, code === "EACCES" ? "this user may not read it" : message);
  }
}

function unreadable(path: string, reason: string): Value {
  return { code: "variable-file", message: `the file ${path} of \${file:${path}} cannot be read: ${reason}` };
}
