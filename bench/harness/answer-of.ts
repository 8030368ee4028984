import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);
const MOST_BYTES = 64 * 1024 * 1024;

export interface AnswerOptions {
  readonly signal: AbortSignal;
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Runs a program of `bench/programs/` to its end, in a process of its own, so that what one side has compiled and
 * collected is no matter to the other.
 * @returns the JSON that it printed
 * @throws Error with what it printed to stderr when it fails
 */
export async function answerOf<Answer>(
  file: string,
  args: readonly (string | number)[],
  { signal, environment }: AnswerOptions,
): Promise<Answer> {
  const path = new URL(`../programs/${file}`, import.meta.url).pathname;
  const { stdout } = await execute(process.execPath, [path, ...args.map(String)], {
    signal,
    env: { ...process.env, ...environment },
    maxBuffer: MOST_BYTES,
  });
  return JSON.parse(stdout) as Answer;
}
