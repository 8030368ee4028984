import type { FileLayer } from "./files.ts";
import type { Segment } from "./segment.ts";

/**
 * SHA-256 of the whole file of an ended segment, computed in the thread pool, away from who appends; undefined when
 * it cannot be read.
 */
export async function hashSegment(files: FileLayer, { path, length }: Segment): Promise<Buffer | undefined> {
  try {
    const file = await files.open(path, "read");
    try {
      const bytes = Buffer.allocUnsafeSlow(length);
      if ((await file.read(bytes, 0)) < length) return undefined;
      return Buffer.from(await crypto.subtle.digest("SHA-256", bytes));
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}
