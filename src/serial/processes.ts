import { readdir, readFile } from "node:fs/promises";

/** The other processes of this machine, by number, as Linux tells; other systems do not tell: then there are none. */
export async function otherProcesses(): Promise<string[]> {
  const entries = await readdir("/proc").catch(() => []);
  return entries.filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
}

/** The words of a process's command line, which everybody may read; none once it has ended. */
export async function commandLine(pid: string): Promise<string[]> {
  const words = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  return words.split("\0").filter((word) => word !== "");
}
