import type { Problem } from "./problem.ts";
import type { Path } from "./setting.ts";

/** Adds a problem with a code of the catalogue. What it returns stands for the value, which nobody will see. */
export function refuse(problems: Problem[], path: Path, code: string, message: string): never {
  problems.push({ path, code, message });
  return undefined as never;
}

/** Adds that a setting is missing or of the wrong type. @param expected what it should be: `a list` */
export function refuseType(problems: Problem[], path: Path, expected: string, given: unknown, hint = ""): never {
  if (given === undefined) return refuse(problems, path, "missing-setting", `is required: ${expected}`);
  return refuse(problems, path, "wrong-type", `expected ${expected}, found ${show(given)}${hint}`);
}

/** A value for people. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  return Array.isArray(value) ? "a list" : value === undefined || value === null ? "nothing" : "a map";
}
