import { type ChildProcess, spawn } from "node:child_process";
import { Socket } from "node:net";

const PROGRAM = "systemd-notify";
/** It itself waits five seconds at most for the service manager. */
const LONGEST_MS = 10_000;
/** What a failing program may say of itself in the warning. */
const MOST_SAID = 500;

/**
 * Tells the service manager through systemd's own program `systemd-notify`, since Node has no datagram sockets of Unix.
 * One message at a time, in order; the process does not wait for it to end.
 */
export class SystemdNotify {
  readonly #environment: NodeJS.ProcessEnv;
  readonly #warn: (message: string) => void;
  #turn: Promise<void> = Promise.resolve();
  #waiting = 0;
  #warned = false;

  /**
   * @param environment with NOTIFY_SOCKET: a path, `@` and the name of an abstract socket, or `vsock:`
   * @param warn is called once at most
   */
  constructor(environment: NodeJS.ProcessEnv, warn: (message: string) => void) {
    this.#environment = environment;
    this.#warn = warn;
  }

  /** No message is on its way. */
  get idle(): boolean {
    return this.#waiting === 0;
  }

  /** Sends assignments such as `READY=1` as one message. Resolves when that is done or has failed; does not throw. */
  send(...assignments: readonly string[]): Promise<void> {
    this.#waiting += 1;
    this.#turn = this.#turn.then(async () => {
      const problem = await run(assignments, this.#environment).catch(String);
      this.#waiting -= 1;
      if (problem === undefined || this.#warned) return;
      this.#warned = true;
      this.#warn(`systemd is not told how the agent is: ${problem}`);
    });
    return this.#turn;
  }
}

/** Why it could not be told, and what to do; undefined when all went well. */
async function run(assignments: readonly string[], env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const child: ChildProcess = spawn(PROGRAM, ["--", ...assignments], { env, stdio: ["ignore", "ignore", "pipe"] });
  const timer = setTimeout(() => child.kill("SIGKILL"), LONGEST_MS).unref();
  let said = "";
  child.on("error", (error: NodeJS.ErrnoException) => {
    clearTimeout(timer);
    const missing = `there is no program ${PROGRAM}: install the package systemd`;
    resolve(error.code === "ENOENT" ? missing : `${PROGRAM} cannot be run: ${error.message}`);
  });
  child.on("close", (status, signal) => {
    clearTimeout(timer);
    if (status === 0) return resolve(undefined);
    const how = signal === null ? `with status ${status}` : `by ${signal}, or took longer than ${LONGEST_MS / 1000} s`;
    resolve(`${PROGRAM} ended ${how}: ${said.trim() || "it said nothing"}`);
  });
  child.unref();
  // Without descriptors left there is no pipe.
  child.stderr?.on("data", (chunk: Buffer) => (said = (said + chunk.toString()).slice(0, MOST_SAID)));
  if (child.stderr instanceof Socket) child.stderr.unref();
  return promise;
}
