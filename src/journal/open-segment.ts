import type { Names } from "./record-decoder.ts";
import { SegmentContents } from "./segment-contents.ts";

/** A segment that more is written to. */
export interface OpenSegment {
  readonly first: number;
  /** Its length with what is not on disk yet. */
  length: number;
  /** The checksum of its last entry's record, 0 when it has none. */
  lastChecksum: number;
  readonly contents: SegmentContents;
  /** The sources' names by id, and how often a record has given them. */
  readonly names: (Names | undefined)[];
  readonly named: number[];
}

/** One without a byte. */
export function newSegment(first: number): OpenSegment {
  return { first, length: 0, lastChecksum: 0, contents: new SegmentContents(), names: [], named: [] };
}
