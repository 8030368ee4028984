import type { FileLayer } from "./files.ts";
import { decodeHeader, HEADER_BYTES, type SegmentHeader } from "./segment-header.ts";
import { segmentPath, type Segment } from "./segment.ts";

export interface FoundSegment extends Segment {
  /** Undefined when it is damaged. */
  readonly header: SegmentHeader | undefined;
}

/** The segment file that begins at `first`. @throws Error when another version of the program wrote it */
export async function findSegment(files: FileLayer, directory: string, first: number): Promise<FoundSegment> {
  const path = segmentPath(directory, first);
  const file = await files.open(path, "read");
  try {
    // Before the header is read: an agent may be writing the first bytes just now.
    const length = await file.size();
    const bytes = Buffer.alloc(HEADER_BYTES);
    const count = await file.read(bytes, 0);
    const header = decodeHeader(bytes.subarray(0, count), path);
    const { created, runningMs } = header ?? { created: undefined, runningMs: undefined };
    return { first, path, header, created, runningMs, length };
  } finally {
    await file.close();
  }
}
