import type { Plan } from "../config/index.ts";
import { CursorStore, type Entry, StoredJournal } from "../journal/index.ts";
import { type AnswerEnd, answered, answeredBy, linesOfAnswer } from "./answered.ts";
import { ask } from "./ask.ts";
import { changeFiles } from "./change-files.ts";
import { type ChangedCursor, changeCursor, type CursorChange } from "./cursor-changes.ts";
import { dataDirectory } from "./data-directory.ts";
import type { EntriesWanted } from "./entries.ts";
import type { JournalLine, JournalStatus } from "./journal.ts";
import { checkFolder, viewJournal } from "./journal-view.ts";
import { KeptRejects } from "./kept-rejects.ts";
import { PausedOutputs } from "./paused-outputs.ts";

/** An entry, or what was passed over, as a sentence. */
export type EntryLine = { readonly entry: Entry } | { readonly passed: string };

/** The entries of a plan's journal that are wanted. */
export function askEntries(
  plan: Plan,
  wanted: EntriesWanted,
  signal: AbortSignal,
): AsyncGenerator<EntryLine | AnswerEnd> {
  return answered(entryLines(plan, wanted, signal));
}

async function* entryLines(plan: Plan, wanted: EntriesWanted, signal: AbortSignal): AsyncGenerator<EntryLine> {
  const view = await viewJournal(plan);
  let told = 0;
  const passed = () => {
    const lines = view.passed.slice(told).map((sentence) => ({ passed: sentence }));
    told = view.passed.length;
    return lines;
  };
  for await (const entry of view.entries(wanted, signal)) {
    if (told < view.passed.length) yield* passed();
    yield { entry };
  }
  yield* passed();
}

/** How the journal of the running agent stands; undefined without an agent. @throws Error when it cannot be asked */
export async function askStatus(plan: Plan, signal: AbortSignal): Promise<JournalStatus | undefined> {
  const request = { command: "journal", action: "status" } as const;
  const answer = ask<JournalLine>(plan.agent.dataDir, request, none, signal);
  for await (const line of linesOfAnswer(answer)) if ("status" in line) return line.status;
  return undefined;
}

async function* none(): AsyncGenerator<never> {}

/** Has a cursor changed: by the running agent or, without one, in the files. */
export function askCursorChange(
  plan: Plan,
  change: CursorChange,
  signal: AbortSignal,
): AsyncGenerator<{ readonly changed: ChangedCursor } | AnswerEnd> {
  const request = { command: "journal", action: "cursor", change } as const;
  return ask(plan.agent.dataDir, request, () => answeredBy(() => changeStored(plan, change)), signal);
}

async function changeStored(plan: Plan, change: CursorChange): Promise<{ readonly changed: ChangedCursor }> {
  const directory = dataDirectory(plan.agent.dataDir);
  await checkFolder(directory.cursors, "cursors");
  return changeFiles(directory, async () => {
    const cursors = await CursorStore.open(directory.cursors);
    const journal = await StoredJournal.open(directory.journal);
    const kept = await KeptRejects.open(directory);
    const paused = await PausedOutputs.open(directory.paused);
    return { changed: await changeCursor(change, { kept, journal, cursors, paused, outputs: [] }) };
  });
}
