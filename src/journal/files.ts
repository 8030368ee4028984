/** An open file. Positions and lengths are in bytes. */
export interface OpenFile {
  /** Writes all of the buffers, one after the other, from `position` on. */
  write(buffers: readonly Uint8Array[], position: number): Promise<void>;
  /** Fills `into` from `position` on; returns how many bytes there were, fewer only at the end of the file. */
  read(into: Uint8Array, position: number): Promise<number>;
  /** fdatasync: what was written, and the length, survives a power cut. */
  sync(): Promise<void>;
  truncate(length: number): Promise<void>;
  size(): Promise<number>;
  close(): Promise<void>;
}

/**
 * What the journal needs of a file system. Errors are those of node:fs, with their `code`. A file's name survives a
 * power cut once its directory is synced, its bytes once the file is.
 */
export interface FileLayer {
  /** Makes the directory (mode 0700) and those above it that are missing, and syncs the ones they are in. */
  makeDirectory(path: string): Promise<void>;
  /** The names in a directory, in any order. */
  list(directory: string): Promise<string[]>;
  /** `write` creates a file that is missing (mode 0600) and never empties one. */
  open(path: string, mode: "read" | "write"): Promise<OpenFile>;
  /** Replaces `to` when it is there. */
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  syncDirectory(path: string): Promise<void>;
  /** How many bytes can still be written to the disk of a directory, where the file system tells. */
  room?(directory: string): Promise<number | undefined>;
}

/** The `code` of a file system's error, such as ENOSPC. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** True when the file system, or the user's share of it, has no room left. */
export function isFull(error: unknown): boolean {
  const code = errorCode(error);
  return code === "ENOSPC" || code === "EDQUOT";
}

/** Any thrown value as an Error. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
