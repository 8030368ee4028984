import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { makeDirectory } from "../journal/index.ts";
import { readJson, replaceFile } from "./durable-file.ts";

/** Where an agent keeps what, all in its `data_dir`. */
export interface DataDirectory {
  readonly root: string;
  readonly journal: string;
  readonly cursors: string;
  readonly rejects: string;
  readonly inputs: string;
  /** How the readings of each input are decoded, for when it leaves the configuration. */
  readonly decodings: string;
  /** The outputs that somebody has paused. */
  readonly paused: string;
  /** Which configuration was in force from where on. */
  readonly plans: string;
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
    decodings: join(root, "decodings.json"),
    paused: join(root, "paused.json"),
    plans: join(root, "plans.jsonl"),
    socket: join(root, "agent.sock"),
  };
}

const REJECTS = ".jsonl";

/** Where the rejects of one output are. */
export function rejectsFile({ rejects }: DataDirectory, output: string): string {
  return join(rejects, `${output}${REJECTS}`);
}

/** The outputs of which rejects were kept, those of earlier configurations too. */
export async function outputsWithRejects({ rejects }: DataDirectory): Promise<readonly string[]> {
  const names = await readdir(rejects).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return names
    .filter((name) => name.endsWith(REJECTS))
    .map((name) => name.slice(0, -REJECTS.length))
    .toSorted();
}

/** Makes the data directory, for its owner alone. @throws Error that says what to do when it cannot be used */
export async function makeDataDirectory(directory: DataDirectory): Promise<void> {
  if (Buffer.byteLength(directory.socket) > MAX_SOCKET_PATH) {
    throw new Error(
      `the path of agent.data_dir is too long for its socket: ${directory.root} has to be at most ${MAX_SOCKET_PATH - 11} bytes`,
    );
  }
  try {
    await makeDirectory(directory.root);
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
      return readJson(path);
    },
    async save(value: unknown): Promise<void> {
      await makeDirectory(directory.inputs);
      await replaceFile(path, JSON.stringify(value));
    },
  };
}
