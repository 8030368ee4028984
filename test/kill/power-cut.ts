import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** What a disk writes whole or not at all. */
const SECTOR = 512;

/**
 * The power goes while a process that was started with power-loss.child.ts is at work, and comes back: puts into `root`
 * what a disk may hold then. What was synced is there; of what was not, any part, in any order, file names too.
 * @param disk the process's POWER_LOSS_DISK
 * @param random gives numbers from 0 to 1
 * @returns how many files and names are not as the process left them
 */
export async function powerCut(root: string, disk: string, random: () => number): Promise<number> {
  let taken = 0;
  // Without it the process ended before it had written anything.
  if (existsSync(join(disk, "complete"))) {
    const left = `${root}.left`;
    const inodes = join(disk, "inodes");
    const [synced, current] = [await syncedFiles(inodes), await filesByInode(root)];
    await mkdir(left);
    taken = await cutDirectory({ inodes, synced, current }, random, { now: root, synced: join(disk, "names"), left });
    await rm(root, { recursive: true });
    await rename(left, root);
  }
  await rm(disk, { recursive: true, force: true });
  return taken;
}

/** Whether a power cut now would take something. */
export async function isBehind(root: string, disk: string): Promise<boolean> {
  const synced = join(disk, "inodes");
  const files = await filesByInode(root).catch(() => new Map<string, string>());
  for (const [inode, path] of files) {
    const [now, then] = await Promise.all([path, join(synced, inode)].map((each) => stat(each).catch(() => undefined)));
    if (now !== undefined && now.size !== then?.size) return true;
  }
  return false;
}

interface Disk {
  readonly inodes: string;
  /** The inode of which a file in `inodes` is the synced content, by that file's own inode. */
  readonly synced: ReadonlyMap<number, string>;
  /** Where the files are that the process saw at last, by inode. */
  readonly current: ReadonlyMap<string, string>;
}

/** The same directory as the process saw it, as it was synced, and as it will be. */
interface Places {
  readonly now: string;
  readonly synced: string;
  readonly left: string;
}

async function cutDirectory(disk: Disk, random: () => number, places: Places): Promise<number> {
  let taken = 0;
  const [now, synced] = [await entriesOf(places.now), await entriesOf(places.synced)];
  for (const name of new Set([...now.keys(), ...synced.keys()])) {
    const below = { now: join(places.now, name), synced: join(places.synced, name), left: join(places.left, name) };
    const fromNow = random() < 0.5;
    const isDirectory = (fromNow ? now : synced).get(name);
    if (isDirectory === undefined) taken += 1;
    else if (isDirectory) {
      await mkdir(below.left, { mode: 0o700 });
      taken += await cutDirectory(disk, random, below);
    } else {
      const inode = fromNow ? await inodeOf(below.now) : disk.synced.get(Number(await inodeOf(below.synced)));
      const content = await contentAfterCut(disk, inode ?? "", random);
      await writeFile(below.left, content, { mode: 0o600 });
      const before = now.get(name) === false ? await readFile(below.now) : undefined;
      if (before?.equals(content) !== true) taken += 1;
    }
  }
  return taken;
}

/** What was synced, with some of the sectors that were written since. */
async function contentAfterCut({ inodes, current }: Disk, inode: string, random: () => number): Promise<Buffer> {
  const synced = await readFile(join(inodes, inode)).catch(() => Buffer.alloc(0));
  const path = current.get(inode);
  const now = path === undefined ? synced : await readFile(path);
  if (now.equals(synced)) return synced;
  const length = between(synced.length, now.length, random());
  const content = Buffer.alloc(length);
  const share = random();
  synced.copy(content);
  for (let at = 0; at < length; at += SECTOR) if (random() < share) now.copy(content, at, at, at + SECTOR);
  return content;
}

/** Often one of the two, else any length between them. */
function between(one: number, other: number, random: number): number {
  if (random < 0.25) return one;
  if (random > 0.75) return other;
  return Math.round(one + (other - one) * (random - 0.25) * 2);
}

/** By name, whether it is a directory; what is neither that nor a file leaves no trace. */
async function entriesOf(directory: string): Promise<Map<string, boolean>> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  return new Map(
    entries
      .filter((entry) => entry.isDirectory() || entry.isFile())
      .map((entry) => [entry.name, entry.isDirectory()] as const),
  );
}

async function inodeOf(path: string): Promise<string> {
  return String((await stat(path)).ino);
}

async function syncedFiles(inodes: string): Promise<Map<number, string>> {
  const names = await readdir(inodes);
  return new Map(await Promise.all(names.map(async (name) => [(await stat(join(inodes, name))).ino, name] as const)));
}

async function filesByInode(root: string): Promise<Map<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return new Map(await Promise.all(files.map(async (path) => [await inodeOf(path), path] as const)));
}
