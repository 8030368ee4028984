import { WriteError, type WriteErrorKind } from "fieldline/plugin";

/** Failures that pass by themselves or when somebody makes room; for all others somebody has to change something. */
const PASSING = new Set([
  "EAGAIN",
  "EDQUOT",
  "EFBIG",
  "EINTR",
  "EIO",
  "EMFILE",
  "ENFILE",
  "ENOMEM",
  "ENOSPC",
  "ESTALE",
  "ETIMEDOUT",
]);

const WHAT_TO_DO: Readonly<Record<string, string>> = {
  EACCES: "allow this account to write there",
  EDQUOT: "the quota is used up: make room",
  EFBIG: "the file is as large as the system allows: move it away",
  EISDIR: "it is a folder: give a file in it",
  ENOENT: "create its folder first",
  ENOSPC: "the disk is full: make room",
  ENOTDIR: "a part of the path is no folder",
  EPERM: "allow this account to write there",
  EROFS: "the file system is read-only",
};

/** The error for a file that could not be written: what failed, where, and what to do. */
export function explainFailure(path: string, error: unknown, signal: AbortSignal): WriteError {
  if (error instanceof WriteError) return error;
  if (signal.aborted) return new WriteError("unavailable", `${path} was not written in time`, { cause: error });
  const { code = "", message } = error as NodeJS.ErrnoException;
  const kind: WriteErrorKind = PASSING.has(code) ? "unavailable" : "denied";
  return new WriteError(kind, `cannot write ${path}: ${WHAT_TO_DO[code] ?? message} (${code})`, { cause: error });
}
