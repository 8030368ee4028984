import { mkdtempSync, statfsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A file system in memory, statfs(2). */
const TMPFS = 0x01021994;

export interface DiskFolder {
  readonly path: string;
  /** Removes it with all that is in it. */
  readonly stop: () => Promise<void>;
}

/**
 * Makes an empty folder on a disk: in the folder that FIELDLINE_BENCH_FOLDER names, else in the system's temporary one
 * or, where that is in memory, in /var/tmp or this folder.
 */
export function diskFolder(): DiskFolder {
  const asked = process.env["FIELDLINE_BENCH_FOLDER"];
  const candidates = asked === undefined ? [tmpdir(), "/var/tmp", import.meta.dirname] : [asked];
  const parent = candidates.find((folder) => statfsSync(folder).type !== TMPFS);
  if (parent === undefined) throw new Error(`${candidates.join(", ")}: in memory, where a sync costs nothing`);
  const path = mkdtempSync(join(parent, "fieldline-bench-"));
  return { path, stop: () => rm(path, { recursive: true, force: true }) };
}
