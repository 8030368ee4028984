import { execFile } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { promisify } from "node:util";

const execute = promisify(execFile);
/** Of /sys/block/DEV/stat, whatever the device's own sectors are (Documentation/block/stat.rst of Linux). */
const SECTOR_BYTES = 512;
const SECTORS_WRITTEN = 6;

/** What has reached a disk so far. */
export interface Written {
  /** By the block device's own count, others' included; undefined where the folder's file system is on none. */
  readonly device: number | undefined;
  /** By the kernel's count for the process: pages that it had written, without what the file system adds. */
  readonly process: number;
}

/** Asks once all that was written to the folder's file system is on disk. */
export async function writtenBytes(folder: string, pid: number): Promise<Written> {
  await execute("sync", ["--file-system", folder]);
  const stat = statOf(folder);
  return {
    device:
      stat === undefined
        ? undefined
        : Number(readFileSync(stat, "latin1").trim().split(/\s+/)[SECTORS_WRITTEN]) * SECTOR_BYTES,
    process: Number(/^write_bytes: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, "latin1"))?.[1]),
  };
}

/** The device's statistics; major and minor numbers as glibc's makedev packs them. */
function statOf(folder: string): string | undefined {
  const { dev } = statSync(folder, { bigint: true });
  const major = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & ~0xfffn);
  const minor = (dev & 0xffn) | ((dev >> 12n) & ~0xffn);
  const path = `/sys/dev/block/${major}:${minor}/stat`;
  return existsSync(path) ? path : undefined;
}
