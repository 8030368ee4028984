import { once } from "node:events";

/**
 * Writes texts to stdout in order. When the reader of the pipe goes away, as `head` does, it calls `onGone`; when stdout
 * takes no more for another reason, such as a full disk, it says so as well and the command ends with status 2.
 */
export function writeOut(onGone: () => void): (text: string | Uint8Array) => void {
  let gone = false;
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (gone) return;
    gone = true;
    if (error.code !== "EPIPE") {
      process.stderr.write(`fieldline: stdout cannot be written: ${error.message}\n`);
      process.exitCode = 2;
    }
    onGone();
  });
  return (text) => {
    if (!gone) process.stdout.write(text);
  };
}

/** Lines are put together up to so many bytes: a write for each line of a long answer takes longer than the rest. */
const TOGETHER = 64 * 1024;

/** As `writeOut`, for answers of any length: what it returns resolves when stdout takes more. */
export function pacedOut(onGone: () => void): (text: string | Uint8Array) => Promise<void> {
  const print = writeOut(onGone);
  let held: Uint8Array[] = [];
  let bytes = 0;
  let soon: NodeJS.Immediate | undefined;
  const flush = () => {
    clearImmediate(soon);
    soon = undefined;
    print(Buffer.concat(held));
    held = [];
    bytes = 0;
  };
  return async (text) => {
    const line = typeof text === "string" ? Buffer.from(text) : text;
    held.push(line);
    bytes += line.length;
    soon ??= setImmediate(flush);
    if (bytes < TOGETHER) return;
    flush();
    // An error, after which nothing drains, is told by `writeOut`.
    if (process.stdout.writableNeedDrain) await once(process.stdout, "drain").catch(() => undefined);
  };
}
