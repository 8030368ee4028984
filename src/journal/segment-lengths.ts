import type { FileLayer } from "./files.ts";
import type { FoundSegment } from "./find-segment.ts";
import { type Footer, readFooter } from "./footer.ts";
import type { Segment } from "./segment.ts";

/** The footer with which a segment's file ends; undefined when it has none. */
export async function footerOf(files: FileLayer, { path, first, length }: Segment): Promise<Footer | undefined> {
  const file = await files.open(path, "read");
  try {
    return await readFooter(file, first, length);
  } finally {
    await file.close();
  }
}

/** How long a segment's file is, in bytes. */
export async function sizeOf(files: FileLayer, { path }: Segment): Promise<number> {
  const file = await files.open(path, "read");
  try {
    return await file.size();
  } finally {
    await file.close();
  }
}

/** A segment whose file is longer than the segment. */
export interface LongerSegment {
  readonly segment: FoundSegment;
  /** How many bytes lie beyond its end. */
  readonly bytes: number;
}

/**
 * Sets the segments' lengths to what the next header says of each. A file that ends with an intact footer is as long as
 * it is: a repair wrote it, or somebody added or took away bytes before its end.
 * @returns those whose files are longer: they were to be cut when the power went again
 */
export async function settleLengths(files: FileLayer, segments: readonly FoundSegment[]): Promise<LongerSegment[]> {
  const longer: LongerSegment[] = [];
  for (const [index, segment] of segments.entries()) {
    const previous = segments[index + 1]?.header?.previous;
    if (previous?.first !== segment.first || previous.length === segment.length) continue;
    if ((await footerOf(files, segment)) !== undefined) continue;
    const bytes = segment.length - previous.length;
    if (bytes > 0) longer.push({ segment, bytes });
    segment.length = previous.length;
  }
  return longer;
}
