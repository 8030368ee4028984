import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { PACKAGE_OF, pathOf } from "./debian.ts";

/** Where a program of the system is. @throws Error with the command that installs it */
export function findProgram(name: string): string {
  const path = pathOf(name);
  if (path !== undefined) return path;
  throw new Error(`${name} is not installed: run "npm test", or apt-get install -y ${PACKAGE_OF[name] ?? name}`);
}

export interface Program {
  readonly child: ChildProcess;
  /** All that it printed, both streams. */
  readonly printed: () => string;
  /** Ends it and waits; SIGKILL after ten seconds. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>;
}

/** Starts a program and waits until `ready` is true. @throws Error with what it printed when it ends before */
export async function startProgram(
  name: string,
  args: readonly string[],
  ready: (printed: string) => boolean | Promise<boolean>,
  environment: NodeJS.ProcessEnv = {},
): Promise<Program> {
  let printed = "";
  const child = spawn(findProgram(name), args, {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...environment },
  });
  child.stdout.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  const ended = once(child, "exit");
  const stop = async (signal: NodeJS.Signals = "SIGTERM") => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    const kill = setTimeout(() => child.kill("SIGKILL"), 10_000);
    await ended;
    clearTimeout(kill);
  };
  for (let tries = 0; tries < 400; tries++) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}:\n${printed}`);
    if (await ready(printed)) return { child, printed: () => printed, stop };
    await sleep(25);
  }
  await stop("SIGKILL");
  throw new Error(`${name} did not get ready in ten seconds:\n${printed}`);
}

/** A TCP port of the loopback address that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("the loopback address gave no port");
  return address.port;
}

/** Waits until `condition` holds, asking every 20 ms. @throws Error naming `what` after `timeoutMs` */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 20_000,
): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
    await sleep(20);
  }
}
