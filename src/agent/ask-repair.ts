import type { Plan } from "../config/index.ts";
import {
  type JournalProblem,
  type Repair,
  type RepairedJournal,
  repairJournal,
  verifyJournal,
} from "../journal/index.ts";
import { answered, type AnswerEnd } from "./answered.ts";
import { changeFiles } from "./change-files.ts";
import { journalFolder } from "./ask-verify.ts";
import { dataDirectory } from "./data-directory.ts";
import { pushed } from "./pushed.ts";

/** Something wrong with the journal's files, what was done about it and, last, the sum. */
export type RepairLine =
  | { readonly found: JournalProblem }
  | { readonly repair: Repair }
  | { readonly repaired: RepairedJournal };

/** Tells what is wrong with a plan's journal, and repairs it, while no agent runs on it. */
export function askRepair(plan: Plan, signal: AbortSignal): AsyncGenerator<RepairLine | AnswerEnd> {
  return answered(
    pushed<RepairLine>(async (push) => {
      const directory = await journalFolder(plan);
      await changeFiles(dataDirectory(plan.agent.dataDir), async () => {
        await verifyJournal(directory, { signal, onProblem: (found) => push({ found }) });
        const onRepaired = (repair: Repair) => push({ repair });
        push({ repaired: await repairJournal(directory, { signal, onRepaired }) });
      });
    }),
  );
}
