import { examineJournal } from "./examine.ts";
import type { FileLayer } from "./files.ts";
import { nodeFiles } from "./node-files.ts";
import type { JournalProblem } from "./problem.ts";

export interface VerifyOptions {
  readonly signal: AbortSignal;
  /** Told of every problem when it is found. */
  readonly onProblem: (problem: JournalProblem) => void;
  readonly files?: FileLayer;
}

/** What a journal's files hold. */
export interface VerifiedJournal {
  readonly segments: number;
  readonly readings: number;
  /** What the segments take on disk. */
  readonly bytes: number;
  /** The oldest offset kept, and the one after the last. */
  readonly fromOffset: number;
  readonly toOffset: number;
  /** Readings by input. */
  readonly perInput: Readonly<Record<string, number>>;
  readonly problems: number;
  /** Offsets that are known to be lost, from an earlier start or repair that told of them. */
  readonly lost: number;
}

/**
 * Reads all of a journal's files and compares them with each other: checksums, offsets, footers, the chain of hashes,
 * the anchor. Changes nothing, and may run beside an agent.
 * @throws the signal's reason; Error when the folder cannot be read, or another version of the program wrote it
 */
export async function verifyJournal(directory: string, options: VerifyOptions): Promise<VerifiedJournal> {
  const { segments, problems } = await examineJournal(directory, { files: nodeFiles, ...options });
  const perInput = new Map<string, number>();
  for (const { contents } of segments)
    for (const [input, readings] of contents.inputs) perInput.set(input, (perInput.get(input) ?? 0) + readings);
  const last = segments.at(-1);
  return {
    segments: segments.length,
    readings: segments.reduce((sum, { contents }) => sum + contents.readings, 0),
    bytes: segments.reduce((sum, { segment }) => sum + segment.length, 0),
    fromOffset: segments[0]?.segment.first ?? 0,
    toOffset: last === undefined ? 0 : Math.max(last.segment.first + last.index, last.footer?.next ?? 0),
    perInput: Object.fromEntries(perInput),
    problems,
    lost: segments.reduce((sum, { lost }) => sum + lost, 0),
  };
}
