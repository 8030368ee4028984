import type { Condition, Health } from "../observe/index.ts";
import type { Log } from "../plugin/index.ts";
import { SystemdNotify } from "./systemd-notify.ts";

/** A status is brought up to date so often at most. */
const BEAT_MS = 30_000;
/** Closing files and sinks comes after `stop_timeout`. */
const CLOSING_MS = 30_000;
const MOST_STATUS = 300;

/** What the service manager is told of. */
export interface Watched {
  readonly health: Health;
  /** Whether it is beyond recovery, so that only a restart can help. */
  readonly stuck: boolean;
}

/**
 * The agent's side of a unit of `Type=notify`: ready, status, watchdog, reloads and the stop.
 * See sd_notify(3) and sd_watchdog_enabled(3).
 */
export class Systemd {
  readonly #notify: SystemdNotify;
  readonly #log: Log;
  readonly #watchdog: boolean;
  readonly #beat: NodeJS.Timeout;
  #agent: Watched | undefined;
  #stopping = false;
  #status = "";
  #stuck = false;

  /**
   * Undefined when no service manager listens. Takes NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID out of the
   * environment, so that no child speaks for the agent.
   */
  static take(environment: NodeJS.ProcessEnv, log: Log): Systemd | undefined {
    const { NOTIFY_SOCKET: socket, WATCHDOG_USEC: usec, WATCHDOG_PID: pid, ...rest } = environment;
    for (const name of ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]) delete environment[name];
    if (socket === undefined || socket === "") return undefined;
    const notify = new SystemdNotify({ ...rest, NOTIFY_SOCKET: socket }, (message) => log.warn({}, message));
    const meant = pid === undefined || pid === String(process.pid);
    return new Systemd(notify, log, meant && /^\d+$/.test(usec ?? "") ? Number(usec) / 1_000 : 0);
  }

  /** @param watchdogMs 0: no watchdog */
  private constructor(notify: SystemdNotify, log: Log, watchdogMs: number) {
    this.#notify = notify;
    this.#log = log;
    this.#watchdog = watchdogMs > 0;
    this.#beat = setInterval(() => this.#tell(), this.#watchdog ? Math.min(BEAT_MS, watchdogMs / 2) : BEAT_MS).unref();
  }

  /** An agent runs, the first one or after a reload: its journal and outputs are open, its inputs at work. */
  running(agent: Watched): void {
    this.#agent = agent;
    this.goesOn();
  }

  /** The agent goes on after a reload that was refused. */
  goesOn(): void {
    if (this.#agent === undefined || this.#stopping) return;
    this.#status = statusOf(this.#agent.health);
    void this.#notify.send("READY=1", `STATUS=${this.#status}`);
  }

  /** The configuration is being read again. */
  reloading(): void {
    // Of CLOCK_MONOTONIC, which hrtime reads on Linux; asked for since systemd 253.
    const now = process.hrtime.bigint() / 1_000n;
    void this.#notify.send("RELOADING=1", `MONOTONIC_USEC=${now}`);
  }

  /** The agent stops, and may take so long to deliver. */
  stopping(stopTimeoutMs: number): void {
    this.#stopping = true;
    this.#status = "stopping";
    const usec = (stopTimeoutMs + CLOSING_MS) * 1_000;
    void this.#notify.send("STOPPING=1", `STATUS=${this.#status}`, `EXTEND_TIMEOUT_USEC=${usec}`);
  }

  /** Says nothing more. */
  close(): void {
    clearInterval(this.#beat);
  }

  #tell(): void {
    if (this.#agent === undefined || !this.#notify.idle) return;
    const status = this.#stopping ? this.#status : statusOf(this.#agent.health);
    const told = [
      ...(this.#alive(this.#agent) ? ["WATCHDOG=1"] : []),
      ...(status === this.#status ? [] : [`STATUS=${status}`]),
    ];
    this.#status = status;
    if (told.length > 0) void this.#notify.send(...told);
  }

  /** That this runs at all shows that the event loop turns. A store that is down or a full disk is no reason to be killed. */
  #alive({ stuck }: Watched): boolean {
    if (stuck && this.#watchdog && !this.#stuck)
      this.#log.error({}, "the journal's writes neither end nor fail: systemd's watchdog is to restart the agent");
    this.#stuck = stuck;
    return this.#watchdog && !stuck;
  }
}

/** How the agent is, in one line. */
function statusOf({ parts }: Health): string {
  const number = (kind: string) => {
    const count = parts.filter(({ part }) => part.startsWith(`${kind} `)).length;
    return `${count} ${kind}${count === 1 ? "" : "s"}`;
  };
  const those = (condition: Condition) => parts.filter((each) => each.condition === condition);
  const paused = those("paused").map(({ part }) => part);
  const failing = those("failing").map(({ part, detail }) => (detail === undefined ? part : `${part}: ${detail}`));
  const status = [
    `running: ${number("input")}, ${number("output")}`,
    ...(paused.length === 0 ? [] : [`paused: ${paused.join(", ")}`]),
    ...(failing.length === 0 ? [] : [`failing: ${failing.join("; ")}`]),
  ].join("; ");
  return status.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").slice(0, MOST_STATUS);
}
