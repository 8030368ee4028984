import { setTimeout as sleep } from "node:timers/promises";
import type { AnchorState } from "./anchor.ts";
import type { FileLayer } from "./files.ts";
import type { FoundSegment } from "./find-segment.ts";
import type { Footer } from "./footer.ts";
import {
  alteredProblem,
  damageProblem,
  headerProblem,
  type JournalProblem,
  noFooterProblem,
  tornProblem,
} from "./problem.ts";
import { hashSegment } from "./segment-hash.ts";
import { HEADER_BYTES } from "./segment-header.ts";
import { sizeOf } from "./segment-lengths.ts";
import { segmentName } from "./segment.ts";
import { type WalkedSegment, walkSegment } from "./walk-segment.ts";

/** What is being written looks torn for a moment. */
const LOOKS = 3;
const LOOK_AGAIN_MS = 50;

/** A segment, read to its end. */
export interface ExaminedSegment extends WalkedSegment {
  readonly segment: FoundSegment;
  /** SHA-256 of its whole file; undefined when it could not be read. */
  readonly hash: Buffer | undefined;
  /** What is wrong with its bytes, and what its neighbours say of it. */
  readonly problems: readonly JournalProblem[];
  /** Offsets that are known to be lost, from an earlier start or repair. */
  readonly lost: number;
}

export interface Neighbours {
  readonly before: ExaminedSegment | undefined;
  /** The segment after it; the last has none. */
  readonly after: FoundSegment | undefined;
  /** An agent may be writing to it. */
  readonly isWritten: boolean;
  readonly anchor: AnchorState | undefined;
}

/** Reads a segment and compares it with its neighbours. @throws the signal's reason */
export async function examineSegment(
  files: FileLayer,
  segment: FoundSegment,
  neighbours: Neighbours,
  signal: AbortSignal,
): Promise<ExaminedSegment> {
  const { after, isWritten } = neighbours;
  const walked = await (isWritten ? walkWritten : walkSegment)(files, segment, signal);
  const hash = await hashSegment(files, segment);
  const known = isKnown(walked);
  const problems = [
    ...(known ? [] : damageOf(segment, walked, after)),
    ...endOf(segment, walked, after),
    ...linkOf(segment, walked, neighbours),
  ];
  return { ...walked, segment, hash, problems, lost: lostIn(segment, walked, after) };
}

/** Reads a segment to which an agent may be writing: what is torn at its end and then moves on is a write under way. */
async function walkWritten(files: FileLayer, segment: FoundSegment, signal: AbortSignal): Promise<WalkedSegment> {
  let walked = await walkSegment(files, segment, signal);
  for (let looks = 1; looks < LOOKS && endsTorn(walked); looks++) {
    const before = tornAt(walked);
    await sleep(LOOK_AGAIN_MS, undefined, { signal });
    segment.length = await sizeOf(files, segment);
    walked = await walkSegment(files, segment, signal);
    const now = tornAt(walked);
    if (now === undefined || now === before) continue;
    segment.length = now;
    return { ...walked, damage: walked.damage.filter(({ toIndex }) => toIndex !== undefined) };
  }
  return walked;
}

function endsTorn(walked: WalkedSegment): boolean {
  return tornAt(walked) !== undefined;
}

/** Where the bytes begin after which nothing can be read. */
function tornAt({ damage }: WalkedSegment): number | undefined {
  return damage.find(({ toIndex }) => toIndex === undefined)?.position;
}

function isEmpty({ contents }: WalkedSegment): boolean {
  return contents.readings + contents.marks === 0;
}

/** All that its footer counts is there. */
function isWhole({ contents }: WalkedSegment, footer: Footer): boolean {
  return footer.readings === contents.readings && footer.marks === contents.marks;
}

/** What cannot be read was found, and told, when the segment was ended or repaired. */
function isKnown(walked: WalkedSegment): boolean {
  const { footer } = walked;
  return footer !== undefined && (footer.recovered || footer.repaired) && isWhole(walked, footer) && !endsTorn(walked);
}

function damageOf(segment: FoundSegment, walked: WalkedSegment, after: FoundSegment | undefined): JournalProblem[] {
  const isLast = after === undefined;
  const problems = walked.damage.map((each) =>
    isLast && each.toIndex === undefined ? tornProblem(segment, each) : damageProblem(segment, each, after?.first),
  );
  if (segment.header !== undefined) return problems;
  if (!isLast || !isEmpty(walked)) return [headerProblem(segment), ...problems];
  return [tornProblem(segment, { position: 0, bytes: HEADER_BYTES }), ...problems];
}

/** What is wrong with its footer. */
function endOf(segment: FoundSegment, walked: WalkedSegment, after: FoundSegment | undefined): JournalProblem[] {
  const { footer, damage, index } = walked;
  if (footer === undefined) {
    // Versions that wrote no footers may have ended it.
    const expected = segment.header?.runningMs !== undefined && after?.header?.runningMs !== undefined;
    return expected && !endsTorn(walked) ? [noFooterProblem(segment)] : [];
  }
  if (damage.length > 0) return [];
  if (!isWhole(walked, footer) || segment.first + index > footer.next) {
    const { readings, marks } = walked.contents;
    const found = `it holds ${readings} readings and ${marks} marks up to offset ${segment.first + index}`;
    return [
      alteredProblem(segment, `${found}, and its footer says ${footer.readings}, ${footer.marks} and ${footer.next}`),
    ];
  }
  return [];
}

/** What this segment says of the one before it, told of that one. */
function linkOf(segment: FoundSegment, walked: WalkedSegment, { before, anchor }: Neighbours): JournalProblem[] {
  const previous = segment.header?.previous;
  const hashBefore = walked.footer?.hashBefore;
  if (previous === undefined) return [];
  if (before === undefined) {
    const removed = anchor?.segment === previous.first ? anchor.hash : undefined;
    if (removed === undefined || hashBefore === undefined || removed === hashBefore.toString("hex")) return [];
    return [alteredProblem(segment, "the hash of the segment before it is not that of the one that was removed")];
  }
  const { footer } = before;
  if (previous.first !== before.segment.first || footer?.repaired === true) return linkToRepaired(before, hashBefore);
  if (before.problems.some(({ segment: named }) => named === segmentName(before.segment.first))) return [];
  if (hashBefore !== undefined && before.hash !== undefined && !hashBefore.equals(before.hash))
    return [alteredProblem(before.segment, "its SHA-256 is not the one that the next segment's footer holds")];
  if (previous.lastChecksum === before.lastChecksum && previous.length === before.segment.length) return [];
  return [alteredProblem(before.segment, "its last record or its length is not what the next segment's header names")];
}

function linkToRepaired({ segment, footer, hash }: ExaminedSegment, hashBefore: Buffer | undefined): JournalProblem[] {
  if (footer?.repaired !== true || hashBefore === undefined || hash === undefined) return [];
  if (hashBefore.equals(hash) || footer.originalHash?.equals(hashBefore) === true) return [];
  return [alteredProblem(segment, "its SHA-256 is not the one that the next segment's footer holds")];
}

function lostIn(segment: FoundSegment, walked: WalkedSegment, after: FoundSegment | undefined): number {
  const { footer, damage, contents } = walked;
  if (footer === undefined || !isKnown(walked)) return 0;
  if (footer.repaired)
    return Math.max(0, (after?.first ?? footer.next) - segment.first - contents.readings - contents.marks);
  return damage.reduce((sum, { fromIndex, toIndex }) => sum + (toIndex ?? fromIndex) - fromIndex, 0);
}
