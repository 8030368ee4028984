import { readdir, readFile, readlink, realpath } from "node:fs/promises";

/** A process that has a port open. */
export interface PortHolder {
  readonly pid: number;
  /** Its command line. */
  readonly command: string;
}

/**
 * Which other processes have a device open, as Linux tells. Of other users' processes only root sees it, and other
 * systems do not tell: then there are none here.
 */
export async function portHolders(path: string): Promise<PortHolder[]> {
  const device = await realpath(path).catch(() => undefined);
  if (device === undefined) return [];
  const entries = await readdir("/proc").catch(() => []);
  const others = entries.filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const holders: PortHolder[] = [];
  for (const pid of others) {
    if (!(await holds(pid, device))) continue;
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    holders.push({ pid: Number(pid), command: command.replaceAll("\0", " ").trim() });
  }
  return holders;
}

async function holds(pid: string, device: string): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const numbers = await readdir(folder).catch(() => []);
  const files = await Promise.all(numbers.map((number) => readlink(`${folder}/${number}`).catch(() => "")));
  return files.includes(device);
}
