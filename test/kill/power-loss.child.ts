/**
 * Loaded into the agent's process before anything else (`node --import`). Notes in POWER_LOSS_DISK what of the files
 * below POWER_LOSS_ROOT would survive a power cut now: what a file held when it was synced last, and the names that a
 * directory held when that was. All else is as ever: the process sees, and may lose, what it wrote and did not sync.
 * Only syncs through a FileHandle count; whoever syncs in another way has synced nothing.
 */
import fs, { type BigIntStats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { join, relative, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const ROOT = resolve(process.env["POWER_LOSS_ROOT"] ?? "");
/** Files by the number of their inode. */
const INODES = join(process.env["POWER_LOSS_DISK"] ?? "", "inodes");
/** Names, as hard links to these files. */
const NAMES = join(process.env["POWER_LOSS_DISK"] ?? "", "names");
/** How long a sync takes: a time that varies up to the first, and the second while there is a file POWER_LOSS_SLOW. */
const LONGEST_SYNC_MS = 150;
const SLOW_SYNC_MS = 2_500;
const SLOW = process.env["POWER_LOSS_SLOW"] ?? "";

/** The names of directories that have none themselves yet: what each holds, by name, or undefined for a directory. */
const unnamed = new Map<string, ReadonlyMap<string, bigint | undefined>>();
/** Held open, so that no new file gets the number of one that is gone. */
const held = new Map<bigint, number>();
/** The lowest position written since the last sync. */
const changedFrom = new Map<bigint, number>();
const paths = new WeakMap<FileHandle, string>();
let turn = Promise.resolve();

fs.mkdirSync(INODES, { recursive: true });
fs.mkdirSync(NAMES);
snapshot(ROOT);
fs.writeFileSync(join(NAMES, "..", "complete"), "");

const originalOpen = fs.promises.open;
fs.promises.open = async (path, ...rest) => {
  const handle = await originalOpen(path, ...rest);
  const absolute = resolve(String(path));
  if (absolute === ROOT || absolute.startsWith(`${ROOT}/`)) paths.set(handle, absolute);
  return handle;
};
syncBuiltinESMExports();

const probe = await open(import.meta.filename);
const handles = Object.getPrototypeOf(probe) as FileHandle;
await probe.close();
for (const name of ["sync", "datasync"]) replace(name, (handle) => note(handle));
replace("truncate", noted(0));
replace("write", (handle, args, original) => noted(typeof args[0] === "string" ? 1 : 3)(handle, args, original));
replace("writev", noted(1));
for (const name of ["writeFile", "appendFile"]) replace(name, noted(Infinity));

type Method = (this: FileHandle, ...args: unknown[]) => unknown;

/** Has a method of the files below ROOT do something else. */
function replace(name: string, instead: (handle: FileHandle, args: unknown[], original: Method) => unknown): void {
  const original = Reflect.get(handles, name) as Method;
  const method: Method = function (...args) {
    return paths.has(this) ? instead(this, args, original) : Reflect.apply(original, this, args);
  };
  Reflect.set(handles, name, method);
}

/** Does the same, and notes from where on the file changes: the position is the nth argument, or unknown. */
function noted(positionAt: number) {
  return (handle: FileHandle, args: unknown[], original: Method) => {
    const position = args[positionAt];
    const { ino } = fs.fstatSync(handle.fd, { bigint: true });
    changedFrom.set(ino, Math.min(changedFrom.get(ino) ?? Infinity, typeof position === "number" ? position : 0));
    return Reflect.apply(original, handle, args);
  };
}

/** The disk as the process finds it is all durable. */
function snapshot(directory: string): void {
  for (const entry of fs.readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    const mirror = join(NAMES, relative(ROOT, path));
    if (entry.isDirectory()) {
      fs.mkdirSync(mirror);
      snapshot(path);
    } else if (entry.isFile()) {
      const fd = fs.openSync(path, "r");
      const { ino } = fs.fstatSync(fd, { bigint: true });
      held.set(ino, fd);
      fs.copyFileSync(path, inodeFile(ino));
      fs.linkSync(inodeFile(ino), mirror);
    }
  }
}

/** Syncs are done one after the other and take their time; what is written meanwhile is not part of them. */
async function note(handle: FileHandle): Promise<void> {
  const stat = fs.fstatSync(handle.fd, { bigint: true });
  const path = paths.get(handle) ?? "";
  const store = stat.isDirectory() ? noteNames(path) : noteContent(handle, stat);
  turn = turn.then(() => sleep(syncMs())).then(store);
  await turn;
}

function syncMs(): number {
  return fs.existsSync(SLOW) ? SLOW_SYNC_MS : Math.random() ** 3 * LONGEST_SYNC_MS;
}

function noteNames(directory: string): () => void {
  const names = namesIn(directory);
  return () => {
    nameDurably(directory, names);
    release();
  };
}

function noteContent(handle: FileHandle, stat: BigIntStats): () => void {
  const [from, bytes] = contentSince(handle, stat);
  return () => storeDurably(stat, from, bytes);
}

/** What was written since the last sync, and from which position on. */
function contentSince(handle: FileHandle, { ino, size }: BigIntStats): [number, Buffer] {
  const length = Number(size);
  const from = held.has(ino) ? Math.min(length, changedFrom.get(ino) ?? length) : 0;
  changedFrom.delete(ino);
  if (!held.has(ino)) held.set(ino, fs.openSync(`/proc/self/fd/${handle.fd}`, "r"));
  const bytes = Buffer.alloc(length - from);
  fs.readSync(held.get(ino) ?? handle.fd, bytes, 0, bytes.length, from);
  return [from, bytes];
}

function storeDurably({ ino }: BigIntStats, from: number, bytes: Buffer): void {
  const fd = fs.openSync(inodeFile(ino), fs.constants.O_RDWR | fs.constants.O_CREAT);
  fs.ftruncateSync(fd, from + bytes.length);
  fs.writeSync(fd, bytes, 0, bytes.length, from);
  fs.closeSync(fd);
}

function namesIn(directory: string): Map<string, bigint | undefined> {
  const names = new Map<string, bigint | undefined>();
  for (const entry of fs.readdirSync(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) names.set(entry.name, undefined);
    else if (entry.isFile()) names.set(entry.name, fs.statSync(join(directory, entry.name), { bigint: true }).ino);
  }
  return names;
}

function nameDurably(directory: string, names: ReadonlyMap<string, bigint | undefined>): void {
  const mirror = join(NAMES, relative(ROOT, directory));
  if (!fs.existsSync(mirror)) {
    unnamed.set(directory, names);
    return;
  }
  for (const name of fs.readdirSync(mirror)) if (!names.has(name)) fs.rmSync(join(mirror, name), { recursive: true });
  for (const [name, ino] of names) {
    const [path, target] = [join(directory, name), join(mirror, name)];
    if (ino !== undefined) linkDurably(ino, target);
    else if (!fs.existsSync(target)) {
      fs.mkdirSync(target);
      nameDurably(path, unnamed.get(path) ?? new Map());
    }
  }
}

function linkDurably(ino: bigint, target: string): void {
  const source = inodeFile(ino);
  // A file that was never synced is durable as a name alone.
  if (!fs.existsSync(source)) fs.closeSync(fs.openSync(source, "w"));
  if (fs.statSync(target, { throwIfNoEntry: false })?.ino === fs.statSync(source).ino) return;
  const fresh = `${INODES}.fresh`;
  fs.linkSync(source, fresh);
  fs.renameSync(fresh, target);
}

/** Forgets files that have no name any more, neither here nor on the disk. */
function release(): void {
  for (const [ino, fd] of held) {
    if (fs.fstatSync(fd).nlink > 0 || fs.statSync(inodeFile(ino)).nlink > 1) continue;
    fs.rmSync(inodeFile(ino));
    fs.closeSync(fd);
    held.delete(ino);
    changedFrom.delete(ino);
  }
}

function inodeFile(ino: bigint): string {
  return join(INODES, String(ino));
}
