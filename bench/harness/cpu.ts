import { readFileSync } from "node:fs";

/** USER_HZ: the kernel's unit for times in /proc, the same on every Linux that Node runs on. */
const TICKS_A_SECOND = 100;

/**
 * The CPU time that a process has used so far, user and system, all its threads, in seconds; steps of 10 ms.
 * Fields 14 and 15 of /proc/PID/stat, proc_pid_stat(5).
 * @throws Error of node:fs when the process has ended
 */
export function cpuSeconds(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, "latin1");
  // The second field, the program's name in parentheses, may hold spaces and parentheses.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}

/** The memory that a process holds now, in MiB: VmRSS of /proc/PID/status. */
export function residentMemory(pid: number): number {
  const match = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"));
  if (match === null) throw new Error(`/proc/${pid}/status does not tell how much memory is resident`);
  return Number(match[1]) / 1024;
}
