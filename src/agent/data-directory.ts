import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";

/** Where an agent keeps what, all in its `data_dir`. */
export interface DataDirectory {
  readonly root: string;
  readonly journal: string;
  readonly cursors: string;
  readonly rejects: string;
  readonly inputs: string;
  readonly socket: string;
}

/** The longest path that a Unix socket's address holds, on every system that Node runs on. */
const MAX_SOCKET_PATH = 103;

/** The folders within a data directory. */
export function dataDirectory(root: string): DataDirectory {
  return {
    root,
    journal: join(root, "journal"),
    cursors: join(root, "cursors"),
    rejects: join(root, "rejects"),
    inputs: join(root, "inputs"),
    socket: join(root, "agent.sock"),
  };
}

/** Makes the data directory, for its owner alone. @throws Error that says what to do when it cannot be used */
export async function makeDataDirectory(directory: DataDirectory): Promise<void> {
  if (Buffer.byteLength(directory.socket) > MAX_SOCKET_PATH) {
    throw new Error(
      `the path of agent.data_dir is too long for its socket: ${directory.root} has to be at most ${MAX_SOCKET_PATH - 11} bytes`,
    );
  }
  try {
    await mkdir(directory.root, { recursive: true, mode: 0o700 });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `cannot make the data directory ${directory.root}: ${reason}; set agent.data_dir to a folder you may write to`,
      {
        cause: error,
      },
    );
  }
}

/** What one input remembers between runs: a JSON file of its own, replaced as a whole. */
export function inputMemory(directory: DataDirectory, id: string) {
  const path = join(directory.inputs, `${id}.json`);
  return {
    async load(): Promise<unknown> {
      try {
        return JSON.parse(await readFile(path, "utf8")) as unknown;
      } catch {
        // Missing, or damaged by a power cut: the input begins anew.
        return undefined;
      }
    },
    async save(value: unknown): Promise<void> {
      await mkdir(directory.inputs, { recursive: true, mode: 0o700 });
      const fresh = `${path}.${randomUUID()}`;
      const file = await open(fresh, "wx", 0o600);
      try {
        await file.writeFile(JSON.stringify(value));
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(fresh, path);
    },
  };
}
