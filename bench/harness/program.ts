import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { type EventEmitter, once } from "node:events";
import { createInterface } from "node:readline";

const READY_MS = 30_000;
const STOP_MS = 20_000;
/** Of what a program prints to stderr, this much is kept for an error. */
const KEPT_CHARS = 8_000;

export interface ProgramOptions {
  readonly signal: AbortSignal;
  readonly folder?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** The CPUs that it may run on, as taskset takes them: "0" or "0,1"; left out: all. */
  readonly cpus?: string | undefined;
  /** What its output, either stream, has to show when it is ready; left out: a first line of JSON on stdout. */
  readonly ready?: RegExp;
}

/** A program that runs until it is stopped. */
export interface Program {
  readonly pid: number;
  readonly child: ChildProcessWithoutNullStreams;
  /** The first line of its stdout, when it is JSON. */
  readonly ready: unknown;
  /** Writes a line of JSON to its stdin and gives the next line of its stdout. @throws Error when it has ended */
  readonly ask: <Answer>(request: unknown) => Promise<Answer>;
  /** The last of what it printed to stderr, and to stdout where `ready` is a pattern. */
  readonly printed: () => string;
  /** Resolves with its exit status, null after a signal. */
  readonly ended: Promise<number | null>;
  /** Sends SIGTERM (SIGKILL after 20 seconds) and waits for its end. @returns its exit status */
  readonly stop: () => Promise<number | null>;
}

/**
 * Starts a program and waits until it is ready: a .ts or .js file under this Node, anything else as a command.
 * @throws Error with what it printed, when it ends before it is ready
 */
export async function startProgram(file: string, args: readonly string[], options: ProgramOptions): Promise<Program> {
  const child = spawnProgram(file, args, options);
  let printed = "";
  const keep = (chunk: Buffer) => (printed = (printed + chunk.toString()).slice(-KEPT_CHARS));
  child.stderr.on("data", keep);
  child.stdin.on("error", () => {});
  const ended = once(child, "close").then(([status]) => status as number | null);
  const end = new AbortController();
  void ended.then((status) => end.abort(new Error(`${file} ended with ${status}:\n${printed}`)));
  const signal = AbortSignal.any([options.signal, end.signal]);

  const late = new AbortController();
  const lateness = () => late.abort(new Error(`${file} did not get ready in 30 seconds:\n${printed}`));
  const timer = setTimeout(lateness, READY_MS);

  const stop = async () => {
    child.kill("SIGTERM");
    const kill = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    const status = await ended;
    clearTimeout(kill);
    return status;
  };
  try {
    const within = AbortSignal.any([signal, late.signal]);
    const { pid = 0 } = child;
    if (options.ready !== undefined) {
      child.stdout.on("data", keep);
      while (!options.ready.test(printed)) await event(within, [child.stdout, "data"], [child.stderr, "data"]);
      const ask = () => Promise.reject(new Error(`${file} answers nothing`));
      return { pid, child, ready: undefined, ask, printed: () => printed, ended, stop };
    }
    const lines = createInterface(child.stdout);
    const next = async (signal: AbortSignal) => JSON.parse((await event(signal, [lines, "line"])) as string);
    const ready: unknown = await next(within);
    const ask = <Answer>(request: unknown): Promise<Answer> => {
      const answer = next(signal) as Promise<Answer>;
      child.stdin.write(`${JSON.stringify(request)}\n`);
      return answer;
    };
    return { pid, child, ready, ask, printed: () => printed, ended, stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** What the first of these events gives. @throws the signal's reason */
async function event(signal: AbortSignal, ...events: readonly [EventEmitter, string][]): Promise<unknown> {
  const first = new AbortController();
  const either = { signal: AbortSignal.any([signal, first.signal]) };
  try {
    const [value] = await Promise.race(events.map(([emitter, name]) => once(emitter, name, either)));
    return value;
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    first.abort();
  }
}

function spawnProgram(file: string, args: readonly string[], options: ProgramOptions): ChildProcessWithoutNullStreams {
  const command = /\.[jt]s$/.test(file) ? [process.execPath, file, ...args] : [file, ...args];
  const pinned = options.cpus === undefined ? command : ["taskset", "--cpu-list", options.cpus, ...command];
  const [program = "", ...rest] = pinned;
  return spawn(program, rest, { cwd: options.folder, env: { ...process.env, ...options.environment } });
}
