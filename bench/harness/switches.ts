import { readFileSync } from "node:fs";

/**
 * How often a process's main thread has gone to sleep by itself: each wake-up by a timer, a socket or another thread ends
 * in one. proc_pid_status(5), voluntary_ctxt_switches.
 */
export function voluntarySwitches(pid: number): number {
  const match = /^voluntary_ctxt_switches:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/task/${pid}/status`, "latin1"));
  if (match === null) throw new Error(`/proc/${pid}/task/${pid}/status does not count context switches`);
  return Number(match[1]);
}
