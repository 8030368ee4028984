import { readdir, readlink, realpath } from "node:fs/promises";
import { commandLine, otherProcesses } from "./processes.ts";

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
  const holders: PortHolder[] = [];
  for (const pid of await otherProcesses())
    if (await holds(pid, device)) holders.push({ pid: Number(pid), command: (await commandLine(pid)).join(" ") });
  return holders;
}

async function holds(pid: string, device: string): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const numbers = await readdir(folder).catch(() => []);
  const files = await Promise.all(numbers.map((number) => readlink(`${folder}/${number}`).catch(() => "")));
  return files.includes(device);
}
