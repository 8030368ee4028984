import type { Plan } from "../config/index.ts";
import { type Cursor, readCursors } from "../journal/index.ts";
import type { Timestamp } from "../model/index.ts";
import { answeredBy, type AnswerEnd } from "./answered.ts";
import { askStatus } from "./ask-journal.ts";
import { dataDirectory } from "./data-directory.ts";
import { firstEntry, type JournalView, viewJournal } from "./journal-view.ts";
import { PausedOutputs } from "./paused-outputs.ts";
import type { JournalStatus } from "./journal.ts";

/** Up to where an output has delivered. */
export interface ListedCursor {
  readonly output: string;
  /** The next to deliver; undefined for an output that has no cursor yet, or a damaged one. */
  readonly offset: number | undefined;
  /** How many entries of the journal, from its next reading on, are not delivered. */
  readonly lag: number | undefined;
  /** When its next reading was received; undefined when all is delivered. */
  readonly time: Timestamp | undefined;
  /** Undefined for an output that is not in the configuration. */
  readonly required: boolean | undefined;
  /** Somebody has paused it. */
  readonly paused: boolean;
  /** What its chain remembers takes so much on disk, as JSON. */
  readonly stateBytes: number;
  /** Its file is not what was written. */
  readonly damaged: boolean;
}

/** The cursors of a plan's data directory, also of outputs that it has no longer, and its outputs that have none. */
export function askCursors(
  plan: Plan,
  signal: AbortSignal,
): AsyncGenerator<{ readonly cursors: readonly ListedCursor[] } | AnswerEnd> {
  return answeredBy(async () => {
    const status = await askStatus(plan, signal);
    return { cursors: await listCursors(plan, await viewJournal(plan), status, signal) };
  });
}

/** @param status that of the running agent, whose cursors are ahead of those on disk */
export async function listCursors(
  plan: Plan,
  view: JournalView,
  status: JournalStatus | undefined,
  signal: AbortSignal,
): Promise<readonly ListedCursor[]> {
  const directory = dataDirectory(plan.agent.dataDir);
  const kept = await readCursors(directory.cursors);
  const paused = await PausedOutputs.open(directory.paused);
  const required = new Map(plan.outputs.map((output) => [output.id, output.required]));
  const end = status?.end ?? view.stored?.end ?? 0;
  const listed: ListedCursor[] = [];
  for (const output of new Set([...required.keys(), ...kept.keys()])) {
    const cursor = kept.get(output);
    const { offset, delivered = [] }: Partial<Cursor> = status?.outputs[output] ?? cursor ?? {};
    const next = offset === undefined ? undefined : await firstEntry(view, { from: offset, marks: false }, signal);
    listed.push({
      output,
      offset,
      lag: offset === undefined ? undefined : lagOf(next?.offset ?? end, delivered, end),
      time: next?.time,
      required: required.get(output),
      paused: paused.has(output),
      stateBytes: cursor?.state === undefined ? 0 : Buffer.byteLength(JSON.stringify(cursor.state)),
      damaged: kept.has(output) && cursor === undefined,
    });
  }
  return listed;
}

function lagOf(next: number, delivered: NonNullable<Cursor["delivered"]>, end: number): number {
  const beyond = delivered.reduce((sum, [from, to]) => sum + Math.max(0, to - Math.max(from, next)), 0);
  return Math.max(0, end - next - beyond);
}
