import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** The built command. */
export const MAIN = fileURLToPath(new URL("../../dist/src/cli/main.js", import.meta.url));
/** Commands are started hundreds of times: what V8 has compiled once is a quarter of each start. */
const NODE_COMPILE_CACHE = fileURLToPath(new URL("../../node_modules/.cache/compiled", import.meta.url));

/** A running `fieldline` command. */
export interface RunningCommand {
  readonly child: ChildProcessWithoutNullStreams;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Its exit status, once it has ended. */
  readonly exit: Promise<number | null>;
  /** Sends SIGTERM and waits for its end. */
  readonly stop: () => Promise<number | null>;
}

/** Starts `fieldline` as a user would, in a folder. */
export function startCommand(
  args: readonly string[],
  folder: string,
  environment: NodeJS.ProcessEnv = {},
): RunningCommand {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: folder,
    env: { ...process.env, NODE_COMPILE_CACHE, ...environment },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const exit = once(child, "close").then(([status]) => status as number | null);
  const stop = () => {
    child.kill("SIGTERM");
    return exit;
  };
  return { child, stdout: () => stdout, stderr: () => stderr, exit, stop };
}

/** Runs `fieldline` to its end. */
export async function runCommand(
  args: readonly string[],
  folder: string,
  environment: NodeJS.ProcessEnv = {},
  input = "",
) {
  const command = startCommand(args, folder, environment);
  command.child.stdin.end(input);
  const status = await command.exit;
  return { status, stdout: command.stdout(), stderr: command.stderr() };
}
