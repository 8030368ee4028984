import type { Plan } from "../config/index.ts";
import { type JournalProblem, type VerifiedJournal, verifyJournal } from "../journal/index.ts";
import { answered, type AnswerEnd, WrongRequest } from "./answered.ts";
import { dataDirectory } from "./data-directory.ts";
import { checkFolder } from "./journal-view.ts";
import { pushed } from "./pushed.ts";

/** Something wrong with the journal's files and, last, what they hold. */
export type VerifyLine = { readonly found: JournalProblem } | { readonly verified: VerifiedJournal };

/** Reads all of a plan's journal and tells what is wrong with it. Changes nothing, and may go on beside an agent. */
export function askVerify(plan: Plan, signal: AbortSignal): AsyncGenerator<VerifyLine | AnswerEnd> {
  return answered(
    pushed<VerifyLine>(async (push) => {
      const directory = await journalFolder(plan);
      push({ verified: await verifyJournal(directory, { signal, onProblem: (found) => push({ found }) }) });
    }),
  );
}

/** Where a plan's journal is. @throws WrongRequest for one that is in memory or not there */
export async function journalFolder({ agent, journal }: Plan): Promise<string> {
  if (journal.durability === "memory")
    throw new WrongRequest("the journal is in memory (durability: memory): it has no files");
  const directory = dataDirectory(agent.dataDir).journal;
  await checkFolder(directory, "journal");
  return directory;
}
