import { access, constants } from "node:fs/promises";
import type { Plan } from "../config/index.ts";
import { type Entry, StoredJournal } from "../journal/index.ts";
import { answeredBy, linesOfAnswer, WrongRequest } from "./answered.ts";
import { ask } from "./ask.ts";
import { dataDirectory } from "./data-directory.ts";
import { type EntriesWanted, entriesOf } from "./entries.ts";
import { entryFromLine, type JournalLine } from "./journal.ts";

/** A journal as a command sees it: its files, or what the agent tells of one in memory. */
export interface JournalView {
  /** Undefined for a journal in memory. */
  readonly stored: StoredJournal | undefined;
  /** What reading has passed over so far, since it is damaged or gone, as sentences. */
  readonly passed: readonly string[];
  /** The entries that are wanted. */
  entries(wanted: EntriesWanted, signal: AbortSignal): AsyncGenerator<Entry, undefined>;
}

/**
 * Opens a view of a plan's journal. The files can be read beside an agent that writes to them; a journal in memory
 * needs its agent.
 * @throws WrongRequest when there is no journal, Error when it cannot be read
 */
export async function viewJournal(plan: Plan): Promise<JournalView> {
  const passed: string[] = [];
  if (plan.journal.durability === "memory")
    return { stored: undefined, passed, entries: (wanted, signal) => heard(plan, wanted, signal) };
  const { journal } = dataDirectory(plan.agent.dataDir);
  await checkFolder(journal, "journal");
  const stored = await StoredJournal.open(journal, ({ message }) => passed.push(message));
  const onGap = (from: number, to: number) =>
    passed.push(`offsets ${from} to ${to - 1} left the journal before they could be read`);
  return { stored, passed, entries: (wanted, signal) => entriesOf(stored, wanted, signal, onGap) };
}

/** The first of the entries that are wanted. */
export async function firstEntry(
  view: JournalView,
  wanted: EntriesWanted,
  signal: AbortSignal,
): Promise<Entry | undefined> {
  const entries = view.entries(wanted, signal);
  const { value } = await entries.next();
  await entries.return(undefined);
  return value;
}

/** @throws WrongRequest when a folder of the data directory is not there, Error when it may not be read */
export async function checkFolder(path: string, what: "journal" | "cursors"): Promise<void> {
  try {
    await access(path, constants.R_OK | constants.X_OK);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") {
      throw new WrongRequest(
        `there is no ${path}: no agent has run with this configuration yet; start one with fieldline run, or name another configuration with -c FILE`,
      );
    }
    throw new Error(`the ${what} cannot be read: ${message}; run this as the user that the agent runs as`, {
      cause: error,
    });
  }
}

async function* heard(plan: Plan, wanted: EntriesWanted, signal: AbortSignal): AsyncGenerator<Entry, undefined> {
  const { dataDir } = plan.agent;
  const request = { command: "journal", action: "entries", wanted } as const;
  const answer = ask<JournalLine>(dataDir, request, () => answeredBy(() => noneInMemory(dataDir)), signal);
  for await (const line of linesOfAnswer(answer)) if ("entry" in line) yield entryFromLine(line.entry);
  return undefined;
}

/** What is in memory without an agent. */
async function noneInMemory(dataDir: string): Promise<never> {
  throw new WrongRequest(
    `no agent runs on ${dataDir}, and its journal is in memory (durability: memory): there is nothing without one`,
  );
}
