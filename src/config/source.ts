import { readFile, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Position } from "./diagnostic.ts";
import type { Findings } from "./findings.ts";

/** No configuration written by hand comes near; a larger file is something else. */
const LARGEST_BYTES = 4 * 2 ** 20;

/** The text of a configuration file. */
export interface Source {
  /** As the user named it. */
  readonly file: string;
  /** The absolute folder that its relative paths start from. */
  readonly folder: string;
  readonly text: string;
}

/** The text as a source. */
export function sourceOf(file: string, text: string): Source {
  return { file, folder: dirname(resolve(file)), text: text.replace(/^\uFEFF/, "") };
}

/**
 * Reads a configuration file.
 * @param at where to report that it cannot be read: the setting that names it, or its own first line
 */
export async function readSource(file: string, findings: Findings, at: Position): Promise<Source | undefined> {
  try {
    const { size } = await stat(file);
    if (size > LARGEST_BYTES) {
      findings.error(at, "too-large", `${file} has ${size} bytes; a configuration has at most ${LARGEST_BYTES}`);
      return undefined;
    }
    return sourceOf(file, new TextDecoder("utf-8", { fatal: true }).decode(await readFile(file)));
  } catch (error) {
    if (error instanceof TypeError) {
      findings.error(at, "not-utf8", `${file} is not UTF-8 text; save it with the encoding UTF-8`);
      return undefined;
    }
    const { code, message } = error as NodeJS.ErrnoException;
    findings.error(
      at,
      code === "ENOENT" ? "missing-file" : "unreadable-file",
      unreadable(file, code, message, at.file === file),
    );
    return undefined;
  }
}

function unreadable(file: string, code: string | undefined, message: string, main: boolean): string {
  if (code === "ENOENT")
    return `there is no file ${file}; create it, or ${main ? "name another with -c FILE" : "correct its name"}`;
  if (code === "EACCES") return `${file} may not be read by this user; change its owner or mode`;
  if (code === "EISDIR") return `${file} is a folder; name the file in it`;
  return `${file} cannot be read: ${message}`;
}
