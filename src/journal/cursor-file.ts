import { dirname } from "node:path";
import { crc32 } from "node:zlib";
import type { FileLayer } from "./files.ts";

/** Up to where an output has delivered, and what its chain remembers there. */
export interface Cursor {
  /** The next offset to deliver. */
  readonly offset: number;
  /** What is delivered beyond it: from one offset on, up to another that is not. In order, and apart. */
  readonly delivered?: readonly (readonly [from: number, to: number])[] | undefined;
  /** Any JSON value. */
  readonly state?: unknown;
  /** What was sent on a day, counted by UTC from 1970. */
  readonly sent?: { readonly day: number; readonly bytes: number } | undefined;
}

/** A file while it is being written. */
export const TEMPORARY_SUFFIX = ".new";
const FORMAT_VERSION = 1;

/** One cursor in a file that is replaced whole: a crash leaves the old one or the new one. */
export class CursorFile {
  readonly #path: string;
  readonly #files: FileLayer;
  #newest = "";
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(path: string, files: FileLayer) {
    this.#path = path;
    this.#files = files;
  }

  /** Resolves once this cursor, or one saved after it, is durable. Writes go one after the other, the newest wins. */
  save(cursor: Cursor): Promise<void> {
    this.#newest = encodeCursor(cursor);
    if (this.#next !== undefined) return this.#next;
    if (this.#running === undefined) return this.#start();
    this.#next = this.#running
      .catch(() => {})
      .then(() => {
        this.#next = undefined;
        return this.#start();
      });
    return this.#next;
  }

  #start(): Promise<void> {
    const running = this.#write(this.#newest).finally(() => (this.#running = undefined));
    this.#running = running;
    return running;
  }

  async #write(text: string): Promise<void> {
    const temporary = this.#path + TEMPORARY_SUFFIX;
    const file = await this.#files.open(temporary, "write");
    try {
      await file.truncate(0);
      await file.write([Buffer.from(text)], 0);
      await file.sync();
    } finally {
      await file.close();
    }
    await this.#files.rename(temporary, this.#path);
    await this.#files.syncDirectory(dirname(this.#path));
  }
}

/** @returns undefined when the file is damaged @throws Error when another version of the program wrote it */
export async function readCursor(path: string, files: FileLayer): Promise<Cursor | undefined> {
  const file = await files.open(path, "read");
  try {
    const bytes = Buffer.alloc(await file.size());
    await file.read(bytes, 0);
    return decodeCursor(bytes.toString(), path);
  } finally {
    await file.close();
  }
}

function encodeCursor({ offset, delivered, state, sent }: Cursor): string {
  const cursor = { offset, delivered, state, sent };
  return `${JSON.stringify({ version: FORMAT_VERSION, crc32: crc32(JSON.stringify(cursor)), cursor })}\n`;
}

/** What the checksum of this format covers is of this format, whatever its version says: one byte of it may be damaged. */
function decodeCursor(text: string, path: string): Cursor | undefined {
  const { version, crc32: sum, cursor } = parse(text);
  const written = JSON.stringify(cursor);
  if (written !== undefined && crc32(written) === sum) return cursor as Cursor;
  if (typeof version === "number" && version > FORMAT_VERSION) {
    throw new Error(
      `${path} has cursor format ${version}, and this fieldline reads format ${FORMAT_VERSION}: run the version of fieldline that wrote it`,
    );
  }
  return undefined;
}

function parse(text: string): { version?: unknown; crc32?: unknown; cursor?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
