import { open } from "node:fs/promises";

const LINE_FEED = 10;
const BLOCK = 65_536;

/**
 * Makes a comment of what follows the file's last line feed: a crash may have cut that line, and cut lines can look
 * right (`temp=107` of `temp=107.25`). It is not thrown away, as another program may have written it whole.
 * @returns its length in bytes; 0 when the file ends with a line feed or is empty
 */
export async function disarmTornLine(path: string): Promise<number> {
  const file = await open(path, "r+");
  try {
    const { size } = await file.stat();
    let torn = Buffer.alloc(0);
    for (let start = size; start > 0;) {
      const block = Buffer.alloc(Math.min(BLOCK, start));
      start -= block.length;
      await file.read(block, 0, block.length, start);
      const end = block.lastIndexOf(LINE_FEED);
      torn = Buffer.concat([block.subarray(end + 1), torn]);
      if (end !== -1) break;
    }
    if (torn.length === 0) return 0;
    await file.write(Buffer.concat([Buffer.from("# "), torn, Buffer.from("\n")]), 0, undefined, size - torn.length);
    await file.datasync();
    return torn.length;
  } finally {
    await file.close();
  }
}
