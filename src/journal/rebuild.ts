import { completeFooter, encodeFooter } from "./footer.ts";
import type { ExaminedSegment } from "./examine-segment.ts";
import { MIN_RECORD_BYTES } from "./record.ts";
import { hasOffset, intactLength } from "./record-decoder.ts";
import type { SegmentContents } from "./segment-contents.ts";
import { encodeHeader, HEADER_BYTES, type SegmentEnd, type SegmentHeader } from "./segment-header.ts";
import { segmentSeed } from "./segment.ts";

/** A segment's file to be written, and the end that the next header would name. */
export interface Rebuilt {
  readonly bytes: Buffer;
  readonly end: SegmentEnd;
}

/** What the footer of a rebuilt segment says. */
export interface RebuiltFooter {
  /** The offset after the last that the segment holds or held. */
  readonly next: number;
  /** Only a torn end was left out: nothing that was acknowledged is lost. */
  readonly tornOnly: boolean;
  /** What the footer after it says of the file that it stands for. */
  readonly originalHash: Buffer | undefined;
  readonly hashBefore: Buffer | undefined;
}

/** A segment of the intact records of another, at the same offsets. @param file the bytes of the other */
export function rebuildSegment(
  { segment, damage, contents }: ExaminedSegment,
  file: Buffer,
  header: SegmentHeader,
  footer: RebuiltFooter,
): Rebuilt {
  const { first } = segment;
  const seed = segmentSeed(first);
  const ends = file.subarray(0, segment.length);
  const records: Buffer[] = [];
  let lastChecksum = 0;
  let at = HEADER_BYTES;
  for (const hole of [...damage, { position: ends.length, bytes: 0 }]) {
    while (at < hole.position) {
      const length = intactLength(ends, at, ends.length, seed);
      // Damage of which the search for the next record stepped over a part.
      if (length === 0) break;
      if (hasOffset(ends, at)) {
        records.push(ends.subarray(at, at + length));
        lastChecksum = ends.readUInt32LE(at + 4);
      }
      at += length;
    }
    at = hole.position + hole.bytes;
  }
  return assemble(header, records, lastChecksum, contents, footer);
}

/** A segment without entries, in place of one that is missing. */
export function standIn(header: SegmentHeader, contents: SegmentContents, footer: RebuiltFooter): Rebuilt {
  return assemble(header, [], 0, contents, footer);
}

/** How many offsets torn bytes may have held. */
export function offsetsIn(bytes: number): number {
  return Math.ceil(bytes / MIN_RECORD_BYTES);
}

function assemble(
  header: SegmentHeader,
  records: readonly Buffer[],
  lastChecksum: number,
  contents: SegmentContents,
  { next, tornOnly, originalHash, hashBefore }: RebuiltFooter,
): Rebuilt {
  const { first } = header;
  const head = Buffer.alloc(HEADER_BYTES);
  encodeHeader(head, header);
  const footer = encodeFooter(contents, { first, next, recovered: tornOnly, repaired: !tornOnly, originalHash });
  completeFooter(footer, first, hashBefore);
  const bytes = Buffer.concat([head, ...records, footer]);
  return { bytes, end: { first, length: bytes.length, lastChecksum } };
}
