import type { FoundSegment } from "./find-segment.ts";

/** Segments that should be between two others, or before the first, and are not there. */
export interface Gap {
  /** The segment before the gap; undefined when that is the journal's beginning. */
  readonly after: FoundSegment | undefined;
  readonly before: FoundSegment;
}

/** Which of the segment files found belong together. */
export interface Chain {
  readonly segments: readonly FoundSegment[];
  /** Files that have a segment's name and are not part of the journal. */
  readonly extra: readonly FoundSegment[];
  readonly gaps: readonly Gap[];
}

/**
 * Follows the chain of headers from the last segment back: each names the one before it.
 * @param found in order
 * @param removed the offset below which retention may have removed segments, where that is known
 */
export function chainOf(found: readonly FoundSegment[], removed: number | undefined): Chain {
  const segments: FoundSegment[] = [];
  const extra: FoundSegment[] = [];
  const gaps: Gap[] = [];
  for (const segment of found.toReversed()) {
    const [next] = segments;
    if (isCopy(segment) || (next !== undefined && isBetween(segment, next))) {
      extra.unshift(segment);
      continue;
    }
    const before = next?.header?.previous;
    if (next !== undefined && before !== undefined && before.first > segment.first && next.first > (removed ?? 0))
      gaps.unshift({ after: segment, before: next });
    segments.unshift(segment);
  }
  const [first] = segments;
  if (first !== undefined && removed !== undefined && first.first > removed)
    gaps.unshift({ after: undefined, before: first });
  return { segments, extra, gaps };
}

/** Its header is that of another segment. */
function isCopy({ header, first }: FoundSegment): boolean {
  return header !== undefined && header.first !== first;
}

/** The segment after it names one before it as its own, or none. */
function isBetween({ first }: FoundSegment, { header }: FoundSegment): boolean {
  return header !== undefined && first > (header.previous?.first ?? -1);
}
