import { parseArgs } from "node:util";

export interface CommandLine {
  readonly names: readonly string[];
  readonly short: boolean;
  readonly rounds: number;
  readonly vs: readonly string[];
  /** Where all results go together; undefined: a file each, in bench/results. */
  readonly json: string | undefined;
}

const MOST_ROUNDS = 1_000;

/**
 * `NAME... [--short] [--rounds N] [--vs COLLECTOR]... [--json FILE]`. `--vs` may be repeated, or hold several apart by commas.
 * @throws Error that says what is wrong
 */
export function readCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      short: { type: "boolean", default: false },
      rounds: { type: "string" },
      vs: { type: "string", multiple: true, default: [] },
      json: { type: "string" },
    },
  });
  const rounds = Number(values.rounds ?? (values.short ? 3 : 5));
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > MOST_ROUNDS)
    throw new Error(`--rounds takes a whole number from 1 to ${MOST_ROUNDS}, and got ${values.rounds}`);
  const vs = values.vs.flatMap((text) => text.split(",")).filter((name) => name !== "");
  return { names: positionals, short: values.short, rounds, vs, json: values.json };
}
