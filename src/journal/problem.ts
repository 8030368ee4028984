import { damageLoss, headerLoss, missingLoss } from "./damage-loss.ts";
import type { Damage } from "./scan.ts";
import { segmentName, type Segment } from "./segment.ts";

/**
 * What is wrong with a journal's files:
 * - `damaged`: bytes are not what was written.
 * - `torn`: the end of what was written last is not whole, as a power cut leaves it; nothing in it was acknowledged.
 * - `missing`: a segment, or the anchor, should be there and is not.
 * - `extra`: a file is not part of the journal.
 * - `altered`: all checksums are right, but the segment is not the one that was ended.
 * - `no_footer`: the end of an ended segment is cut off, or was written by something else.
 */
export type JournalProblemKind = "damaged" | "torn" | "missing" | "extra" | "altered" | "no_footer";

export interface JournalProblem {
  readonly kind: JournalProblemKind;
  /** The file's name in the journal's folder. */
  readonly segment: string;
  /** The place in the file, in bytes. */
  readonly position?: number;
  readonly bytes?: number;
  /** The first offset that cannot be read, and the one after the last. */
  readonly fromOffset?: number;
  readonly toOffset?: number;
  /** What is wrong, where, and what it means, as a sentence without a full stop. */
  readonly message: string;
}

export function damageProblem(segment: Segment, damage: Damage, end: number | undefined): JournalProblem {
  const { position, bytes } = damage;
  const { fromOffset, toOffset, message } = damageLoss(segment, damage, end);
  return { kind: "damaged", segment: segmentName(segment.first), position, bytes, fromOffset, toOffset, message };
}

export function tornProblem(
  segment: Segment,
  { position, bytes }: { position: number; bytes: number },
): JournalProblem {
  const message = `${bytes} bytes at position ${position} of ${segment.path}, its end, hold no whole reading: what a power cut interrupts looks like this; nothing in it was acknowledged, and the next start of the agent goes on without it`;
  return { kind: "torn", segment: segmentName(segment.first), position, bytes, message };
}

export function headerProblem(segment: Segment): JournalProblem {
  const { position, bytes } = headerLoss(segment);
  const message = `${bytes} bytes at position 0 of ${segment.path}, its header, are not what was written; its readings can be read all the same`;
  return { kind: "damaged", segment: segmentName(segment.first), position: position ?? 0, bytes: bytes ?? 0, message };
}

export function missingProblem(directory: string, name: string, from: number, to: number): JournalProblem {
  const { fromOffset, toOffset, message } = missingLoss(directory, from, to);
  return { kind: "missing", segment: name, fromOffset, toOffset, message };
}

export function extraProblem(path: string, name: string): JournalProblem {
  const message = `${path} is not part of the journal: it is left alone and not read; move it away, or run fieldline journal repair while the agent is stopped`;
  return { kind: "extra", segment: name, message };
}

export function alteredProblem({ path, first }: Segment, how: string): JournalProblem {
  const message = `${path} is not as it was when it was ended: ${how}; somebody or something has changed it and its checksums since`;
  return { kind: "altered", segment: segmentName(first), message };
}

export function noFooterProblem({ path, first, length }: Segment): JournalProblem {
  const message = `${path} ends without its footer: its last bytes were cut off, or something else wrote them; its readings up to there are intact`;
  return { kind: "no_footer", segment: segmentName(first), position: length, message };
}

/** What is wrong with the anchor. */
export function anchorProblem(path: string, name: string, kind: "damaged" | "missing"): JournalProblem {
  const what = kind === "damaged" ? "is not what was written" : "is missing";
  const message = `${path} ${what}: whether segments at the journal's beginning were removed by this program or by somebody else cannot be told; no reading in the journal is lost`;
  return { kind, segment: name, message };
}
