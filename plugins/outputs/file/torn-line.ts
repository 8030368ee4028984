import { open } from "node:fs/promises";
import { WriteError } from "fieldline/plugin";

const LINE_FEED = 10;
const BLOCK = 65_536;
/** A line this long is no point: the path leads to a file of another kind. */
const MAX_TORN = 16 * 2 ** 20;

/**
 * Makes a comment of what follows the file's last line feed: a crash may have cut that line, and cut lines can look
 * right (`temp=107` of `temp=107.25`). It is not thrown away, as another program may have written it whole.
 * @returns its length in bytes; 0 when the file ends with a line feed or is empty
 * @throws WriteError `denied` for a file that has no lines
 */
export async function disarmTornLine(path: string): Promise<number> {
  const file = await open(path, "r+");
  try {
    const { size } = await file.stat();
    const parts: Buffer[] = [];
    for (let start = size; start > 0;) {
      if (size - start >= MAX_TORN)
        throw new WriteError("denied", `${path} has no line feed in its last 16 MiB: give the path of a file of lines`);
      const block = Buffer.alloc(Math.min(BLOCK, start));
      start -= block.length;
      await file.read(block, 0, block.length, start);
      const end = block.lastIndexOf(LINE_FEED);
      parts.unshift(block.subarray(end + 1));
      if (end !== -1) break;
    }
    const torn = Buffer.concat(parts);
    if (torn.length === 0) return 0;
    await file.write(Buffer.concat([Buffer.from("# "), torn, Buffer.from("\n")]), 0, undefined, size - torn.length);
    await file.datasync();
    return torn.length;
  } finally {
    await file.close();
  }
}
