import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import { errorCode, type FileLayer } from "./files.ts";

export const ANCHOR_NAME = "anchor";
const FORMAT_VERSION = 1;
/** The two copies are a file system's block apart, so that no interrupted write touches both. */
const COPY_BYTES = 4096;
export const ANCHOR_BYTES = 2 * COPY_BYTES;

/** What retention has removed from the journal's beginning. */
export interface AnchorState {
  /** The offset after the last one removed: no segment below it has to be there. */
  readonly next: number;
  /** The first offset of the last segment removed, and the SHA-256 of its file where known, in hexadecimal. */
  readonly segment?: number | undefined;
  readonly hash?: string | undefined;
  /** How many readings were removed so far. */
  readonly readings: number;
  /** How long the journal had been open in all, in milliseconds, when this was written. */
  readonly runningMs: number;
}

export interface FoundAnchor {
  readonly state: AnchorState | undefined;
  readonly sequence: number;
  /** `damaged`: there is a file and neither copy in it is intact. */
  readonly condition: "intact" | "missing" | "damaged";
}

/**
 * The anchor of the chain of segments: a file of two copies, which are written in turn and in place. One is whole at
 * any time, and a full disk has the room for both already.
 */
export class Anchor {
  readonly found: FoundAnchor["condition"];
  readonly path: string;
  readonly #files: FileLayer;
  #state: AnchorState | undefined;
  /** Its file is there, with both copies. */
  #made: boolean;
  #sequence: number;
  #saving: Promise<void> = Promise.resolve();

  /** @throws Error when another version of the program wrote it */
  static async open(directory: string, files: FileLayer): Promise<Anchor> {
    return new Anchor(directory, files, await readAnchor(directory, files));
  }

  private constructor(directory: string, files: FileLayer, { state, sequence, condition }: FoundAnchor) {
    this.path = join(directory, ANCHOR_NAME);
    this.#files = files;
    this.#state = state;
    this.#sequence = sequence;
    this.#made = condition === "intact";
    this.found = condition;
  }

  /** What it says, or will say with the next save. */
  get state(): AnchorState | undefined {
    return this.#state;
  }

  /** Resolves once this change, and those before it, are durable. @throws Error when the disk fails; the next save makes up for it */
  save(change: Partial<AnchorState>): Promise<void> {
    this.#state = { next: 0, readings: 0, runningMs: 0, ...this.#state, ...change };
    const saved = this.#saving.then(() => this.#save());
    this.#saving = saved.catch(() => {});
    return saved;
  }

  async #save(): Promise<void> {
    const state = this.#state;
    if (state === undefined) return;
    const sequence = this.#sequence + 1;
    const file = await this.#files.open(this.path, "write");
    try {
      // Both copies at first, so that later ones need no room.
      const sequences = this.#made ? [sequence] : [sequence + 1, sequence];
      for (const each of sequences) await file.write([encodeCopy(each, state)], (each % 2) * COPY_BYTES);
      await file.sync();
    } finally {
      await file.close();
    }
    if (!this.#made) await this.#files.syncDirectory(dirname(this.path));
    this.#sequence = this.#made ? sequence : sequence + 1;
    this.#made = true;
  }
}

/** Reads the anchor of a journal. @throws Error when another version of the program wrote it */
export async function readAnchor(directory: string, files: FileLayer): Promise<FoundAnchor> {
  const path = join(directory, ANCHOR_NAME);
  const bytes = await contentOf(path, files);
  const copies = [0, 1].map((index) => decodeCopy(bytes.subarray(index * COPY_BYTES, (index + 1) * COPY_BYTES), path));
  const newest = copies.flatMap((copy) => copy ?? []).toSorted((a, b) => b.sequence - a.sequence)[0];
  if (newest !== undefined) return { ...newest, condition: "intact" };
  return { state: undefined, sequence: 0, condition: bytes.length === 0 ? "missing" : "damaged" };
}

async function contentOf(path: string, files: FileLayer): Promise<Buffer> {
  try {
    const file = await files.open(path, "read");
    try {
      const bytes = Buffer.alloc(ANCHOR_BYTES);
      return bytes.subarray(0, await file.read(bytes, 0));
    } finally {
      await file.close();
    }
  } catch (error) {
    if (errorCode(error) === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
}

function encodeCopy(sequence: number, state: AnchorState): Buffer {
  const anchor = { version: FORMAT_VERSION, sequence, ...state };
  const text = JSON.stringify({ crc32: crc32(JSON.stringify(anchor)), anchor });
  return Buffer.from(`${text.padEnd(COPY_BYTES - 1)}\n`);
}

function decodeCopy(bytes: Buffer, path: string): { sequence: number; state: AnchorState } | undefined {
  const { crc32: sum, anchor } = parse(bytes.toString());
  const written = JSON.stringify(anchor);
  if (written === undefined || crc32(written) !== sum) return undefined;
  const { version, sequence, ...state } = anchor as AnchorState & {
    readonly version: number;
    readonly sequence: number;
  };
  if (version !== FORMAT_VERSION) {
    throw new Error(
      `${path} has anchor format ${version}, and this fieldline reads format ${FORMAT_VERSION}: run the version of fieldline that wrote it, or give this one another data_dir`,
    );
  }
  return { sequence, state };
}

function parse(text: string): { crc32?: unknown; anchor?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
