import { parseArgs } from "node:util";

/** A flag that takes a whole number from 1 to `most`. */
export interface WholeFlag {
  readonly otherwise: number;
  readonly most: number;
}

/**
 * The flags of the command line; a wrong one is told, and ends the process with status 1.
 * @param page the document that explains them
 * @param switches flags that take nothing
 */
export function flags<Name extends string, Switch extends string = never>(
  page: string,
  whole: Readonly<Record<Name, WholeFlag>>,
  switches: readonly Switch[] = [],
): Record<Name, number> & Record<Switch, boolean> {
  const names = Object.keys(whole) as Name[];
  try {
    const { values }: { values: Record<string, unknown> } = parseArgs({
      options: Object.fromEntries([
        ...names.map((name) => [name, { type: "string" }] as const),
        ...switches.map((name) => [name, { type: "boolean" }] as const),
      ]),
    });
    return Object.fromEntries([
      ...names.map((name) => [name, wholeNumber(name, values[name], whole[name])]),
      ...switches.map((name) => [name, values[name] === true]),
    ]) as Record<Name, number> & Record<Switch, boolean>;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}; see ${page}\n`);
    return process.exit(1);
  }
}

function wholeNumber(flag: string, text: unknown, { otherwise, most }: WholeFlag): number {
  const value = text === undefined ? otherwise : Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new Error(`--${flag} takes a whole number from 1 to ${most}, and got ${String(text)}`);
}

/** Aborts when the process is asked to end, so that what was started is removed, and after `longestMs`. */
export function stopSignal(longestMs: number): AbortSignal {
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(name, () => stop.abort(new Error(`stopped by ${name}`)));
  return AbortSignal.any([stop.signal, AbortSignal.timeout(longestMs)]);
}
