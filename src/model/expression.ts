import { createRequire } from "node:module";
import type * as Cel from "@marcbachmann/cel-js";
import { type FieldValue, type Fields, type Point } from "./point.ts";
import { millisOf } from "./timestamp.ts";

/** A condition on points. */
export interface Predicate {
  /** Whether it holds; undefined when it cannot be evaluated, as when it asks for a tag that the point does not have. */
  test(point: Point): boolean | undefined;
}

const TIMESTAMP = "google.protobuf.Timestamp";

const require = createRequire(import.meta.url);
let environment: Cel.Environment | undefined;

/**
 * Compiles a condition in CEL, the Common Expression Language (https://github.com/google/cel-spec). It sees
 * `measurement` (text), `tags` (map of text), `fields` (map: floats are doubles, integers are ints) and `time`
 * (a timestamp of milliseconds). An int and a double can be compared and calculated with one another.
 * @throws Error that says what is wrong and where in the source
 */
export function compilePredicate(source: string): Predicate {
  environment ??= createEnvironment();
  const { valid, type, error } = environment.check(source);
  if (!valid) throw new Error(messageOf(error, source));
  if (type !== "bool" && type !== "dyn") throw new Error(`the expression gives ${type}, not true or false`);
  const evaluate = environment.parse(source);
  return {
    test: (point) => {
      try {
        const result: unknown = evaluate(contextOf(point));
        return typeof result === "boolean" ? result : undefined;
      } catch {
        return undefined;
      }
    },
  };
}

/** Loading CEL takes some 25 ms and 6 MB, so it waits for the first expression; `require` does that without a promise. */
function createEnvironment(): Cel.Environment {
  const cel = require("@marcbachmann/cel-js") as typeof Cel;
  const created = new cel.Environment({ homogeneousAggregateLiterals: false })
    .registerVariable("measurement", "string")
    .registerVariable("tags", "map<string, string>")
    .registerVariable("fields", "map<string, dyn>")
    .registerVariable("time", TIMESTAMP);
  // CEL has no arithmetic across number types; a person who writes `fields.temp * 2` means it.
  const operators: Readonly<Record<string, (a: number, b: number) => number>> = {
    "+": (a, b) => a + b,
    "-": (a, b) => a - b,
    "*": (a, b) => a * b,
    "/": (a, b) => a / b,
  };
  for (const [operator, apply] of Object.entries(operators)) {
    created.registerOperator(`double ${operator} int: double`, (a: number, b: bigint) => apply(a, Number(b)));
    created.registerOperator(`int ${operator} double: double`, (a: bigint, b: number) => apply(Number(a), b));
  }
  return created;
}

function contextOf({ measurement, tags, fields, time }: Point): Cel.Context {
  return { measurement, tags, fields: plainFields(fields), time: new Date(millisOf(time)) };
}

/** Integers as the bigints that CEL takes for ints. */
function plainFields(fields: Fields): ReadonlyMap<string, string | number | boolean | bigint> {
  const plain = new Map<string, string | number | boolean | bigint>();
  for (const [key, value] of fields) plain.set(key, plainValue(value));
  return plain;
}

function plainValue(value: FieldValue): string | number | boolean | bigint {
  return typeof value === "object" ? BigInt(value.value) : value;
}

function messageOf(error: Cel.TypeError | Cel.ParseError | undefined, source: string): string {
  const before = source.slice(0, error?.range?.start ?? 0).split("\n");
  const where = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1} of the expression`;
  const what = error?.summary ?? "it is not valid";
  const known = error?.code === "unknown_variable" ? "; known: measurement, tags, fields, time" : "";
  return `${what}${known} (${where})`;
}
