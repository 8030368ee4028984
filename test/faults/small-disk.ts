import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, open, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProgram, until } from "../parts/program.ts";

/** A real file system that is soon full: a tmpfs in a mount namespace of its own, which goes when the test goes. */
export interface SmallDisk {
  /** Where any process of the same user finds it. */
  readonly path: string;
  /** Takes all the room that is left, with somebody else's file. */
  readonly fill: () => Promise<void>;
  /** Removes that file. */
  readonly clear: () => Promise<void>;
  /** Removes that file and makes it read-only, as a kernel does that found an error. Waits until nobody writes. */
  readonly makeReadOnly: () => Promise<void>;
  readonly makeWritable: () => Promise<void>;
  /** Bytes that are free. */
  readonly free: () => Promise<number>;
  readonly remove: () => Promise<void>;
}

/** Mounts it. @throws Error that says what to do where a user may not mount anything */
export async function mountSmallDisk(bytes: number): Promise<SmallDisk> {
  const folder = await mkdtemp(join(tmpdir(), "fieldline-disk-"));
  const shell = await shellInNamespace();
  await shell.run(`mount -t tmpfs -o size=${bytes},mode=0700 none ${folder}`);
  const path = `/proc/${shell.pid}/root${folder}`;
  const foreign = join(path, "foreign");
  const free = async () => {
    const { bfree, bsize } = await statfs(path);
    return bfree * bsize;
  };
  return {
    path,
    free,
    fill: () => fill(foreign),
    clear: () => rm(foreign, { force: true }),
    makeReadOnly: async () => {
      await rm(foreign, { force: true });
      await until("a moment in which nobody writes to the disk", () =>
        shell.run(`mount -o remount,ro ${folder}`).then(
          () => true,
          () => false,
        ),
      );
    },
    makeWritable: () => shell.run(`mount -o remount,rw ${folder}`),
    remove: async () => {
      await shell.end();
      await rm(folder, { recursive: true });
    },
  };
}

async function fill(path: string): Promise<void> {
  const file = await open(path, "a");
  try {
    for (let size = 64 * 1024; size > 0;) {
      const written = await file.write(Buffer.alloc(size)).then(
        ({ bytesWritten }) => bytesWritten,
        () => 0,
      );
      if (written < size) size = Math.floor(size / 2);
    }
  } finally {
    await file.close();
  }
}

/** A shell that may mount: as root in a mount namespace, else in a user namespace too. */
async function shellInNamespace() {
  const failures: string[] = [];
  for (const flags of [["--mount"], ["--map-root-user", "--mount"]]) {
    const shell = startShell(flags);
    try {
      await shell.run("mount -t tmpfs none /mnt && umount /mnt");
      return shell;
    } catch (error) {
      failures.push(String(error));
      await shell.end();
    }
  }
  throw new Error(
    `cannot mount a small disk: run the tests as root, or allow user namespaces (sysctl kernel.unprivileged_userns_clone=1; in a container, --cap-add SYS_ADMIN): ${failures.join("; ")}`,
  );
}

function startShell(flags: readonly string[]) {
  const child = spawn(findProgram("unshare"), [...flags, "sh"]);
  let printed = "";
  child.stdout.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  child.stdin.on("error", () => undefined);
  const closed = once(child, "close");
  let count = 0;
  return {
    pid: child.pid ?? 0,
    run: async (command: string) => {
      const [mark, from] = [`command ${++count} gave `, printed.length];
      child.stdin.write(`${command}; echo "${mark}$?."\n`);
      const answer = () => new RegExp(`${mark}(\\d+)\\.`).exec(printed)?.[1];
      await until(`the end of ${command}`, () => answer() !== undefined || child.exitCode !== null);
      if (answer() !== "0") throw new Error(`${command}: ${printed.slice(from).trim()}`);
    },
    end: async () => {
      child.stdin.end();
      await closed;
    },
  };
}
