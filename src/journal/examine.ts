import { join } from "node:path";
import { ANCHOR_NAME, type AnchorState, type FoundAnchor, readAnchor } from "./anchor.ts";
import { chainOf, type Gap } from "./chain.ts";
import { type ExaminedSegment, examineSegment } from "./examine-segment.ts";
import { errorCode, type FileLayer } from "./files.ts";
import { findSegment, type FoundSegment } from "./find-segment.ts";
import { anchorProblem, extraProblem, type JournalProblem, missingProblem, tornProblem } from "./problem.ts";
import { RESERVE_NAME } from "./reserve.ts";
import { HEADER_BYTES } from "./segment-header.ts";
import { footerOf, settleLengths } from "./segment-lengths.ts";
import { firstOfName, segmentName } from "./segment.ts";

/** The folder in which repairs keep what they replace. */
export const DAMAGED_NAME = "damaged";
const OWN_NAMES: ReadonlySet<string> = new Set([ANCHOR_NAME, RESERVE_NAME, DAMAGED_NAME]);

/** Segments that are not there. */
export interface ExaminedGap extends Gap {
  /** The first offset that is missing. */
  readonly from: number;
}

/** All of a journal's files, read. */
export interface ExaminedJournal {
  readonly anchor: FoundAnchor;
  readonly segments: readonly ExaminedSegment[];
  readonly gaps: readonly ExaminedGap[];
  /** Names of files that are not part of the journal. */
  readonly extra: readonly string[];
  /** How many there are. */
  readonly problems: number;
}

export interface ExamineOptions {
  readonly files: FileLayer;
  readonly signal: AbortSignal;
  /** Told of every problem when it is found. */
  readonly onProblem: (problem: JournalProblem) => void;
  /** No agent is writing: what looks torn is torn. */
  readonly alone?: boolean;
}

/**
 * Reads a journal's files from beginning to end and compares them with each other. Changes nothing, and may run beside
 * an agent: what that writes or removes meanwhile is no problem.
 * @throws the signal's reason; Error when the folder cannot be read, or another version of the program wrote it
 */
export async function examineJournal(directory: string, options: ExamineOptions): Promise<ExaminedJournal> {
  const { files, signal, onProblem, alone = false } = options;
  let problems = 0;
  const report = (problem: JournalProblem): void => {
    problems += 1;
    onProblem(problem);
  };
  signal.throwIfAborted();
  const names = (await files.list(directory)).toSorted();
  const found = await findAll(files, directory, names);
  // Read after the names: what retention removes between the two is below the anchor.
  const anchor = await readAnchor(directory, files);
  const chain = chainOf(found, anchor.state?.next);
  const foreign = names.filter((name) => firstOfName(name) === undefined && !OWN_NAMES.has(name));
  const extra = [...foreign, ...chain.extra.map(({ first }) => segmentName(first))];
  for (const name of extra) report(extraProblem(join(directory, name), name));
  for (const problem of anchorProblems(directory, anchor, chain.segments)) report(problem);
  const gaps: ExaminedGap[] = [];
  for (const gap of chain.gaps) {
    const from = await beginOf(files, gap, anchor.state);
    gaps.push({ ...gap, from });
    const name = segmentName(gap.before.header?.previous?.first ?? from);
    report(missingProblem(directory, name, from, gap.before.first));
  }
  for (const { segment, bytes } of await settleLengths(files, chain.segments))
    report(tornProblem(segment, { position: segment.length, bytes }));
  const segments: ExaminedSegment[] = [];
  for (const [index, segment] of chain.segments.entries()) {
    const after = chain.segments[index + 1];
    const isWritten = after === undefined && !alone;
    const neighbours = { before: segments.at(-1), after, isWritten, anchor: anchor.state };
    const examined = await unlessRemoved(directory, files, segment, () =>
      examineSegment(files, segment, neighbours, signal),
    );
    if (examined === undefined) continue;
    segments.push(examined);
    for (const problem of examined.problems) report(problem);
  }
  return { anchor, segments, gaps, extra, problems };
}

/** The segments in order; a last one that was begun and holds nothing yet is none. */
async function findAll(files: FileLayer, directory: string, names: readonly string[]): Promise<FoundSegment[]> {
  const found: FoundSegment[] = [];
  for (const name of names) {
    const first = firstOfName(name);
    if (first === undefined) continue;
    try {
      found.push(await findSegment(files, directory, first));
    } catch (error) {
      if (errorCode(error) !== "ENOENT") throw error;
    }
  }
  while ((found.at(-1)?.length ?? HEADER_BYTES) < HEADER_BYTES) found.pop();
  return found;
}

function* anchorProblems(
  directory: string,
  { condition, state }: FoundAnchor,
  [oldest]: readonly FoundSegment[],
): Iterable<JournalProblem> {
  const path = join(directory, ANCHOR_NAME);
  if (condition === "damaged") yield anchorProblem(path, ANCHOR_NAME, condition);
  // A crash right after the first start leaves none, and versions before had none.
  const expected = oldest?.header?.previous !== undefined && oldest.header.runningMs !== undefined;
  if (condition === "missing" && expected) yield anchorProblem(path, ANCHOR_NAME, condition);
  if (oldest === undefined && state !== undefined)
    yield missingProblem(directory, segmentName(state.next), state.next, state.next);
}

async function beginOf(files: FileLayer, { after, before }: Gap, anchor: AnchorState | undefined): Promise<number> {
  const known = after === undefined ? anchor?.next : (await footerOf(files, after))?.next;
  return known ?? before.header?.previous?.first ?? before.first;
}

/** Retention may remove a segment before it is read. */
async function unlessRemoved(
  directory: string,
  files: FileLayer,
  { first }: FoundSegment,
  read: () => Promise<ExaminedSegment>,
): Promise<ExaminedSegment | undefined> {
  try {
    return await read();
  } catch (error) {
    const removed = errorCode(error) === "ENOENT" && first < ((await readAnchor(directory, files)).state?.next ?? 0);
    if (!removed) throw error;
    return undefined;
  }
}
