import { createInterface } from "node:readline";

/** What a program of bench/ is told: its settings, as JSON in its only argument. */
export function settingsOf(): unknown {
  return JSON.parse(process.argv[2] ?? "{}");
}

/**
 * The program's end of `startProgram`: says that it is ready, then answers each line of stdin, one at a time. The
 * process ends with its stdin, so that it never outlives the benchmark; a request that fails ends it with status 1.
 */
export async function serve(ready: object, answer: (request: never) => unknown): Promise<never> {
  process.stdout.write(`${JSON.stringify(ready)}\n`);
  try {
    for await (const line of createInterface(process.stdin)) {
      const answered = (await answer(JSON.parse(line) as never)) ?? {};
      process.stdout.write(`${JSON.stringify(answered)}\n`);
    }
    return process.exit(0);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    return process.exit(1);
  }
}
