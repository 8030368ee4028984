import * as fc from "fast-check";
import { JournalModel } from "./journal-model.ts";
import { journalSteps } from "./journal-steps.ts";

const HISTORIES_AT_A_TIME = 50;
const MOST_STEPS = 40;

export interface HistoriesOptions {
  /** The same seed makes the same histories. */
  readonly seed: number;
  /** How many steps to do at least, over all histories. */
  readonly steps: number;
  readonly signal?: AbortSignal;
  /** Told now and then how far it is. */
  readonly say?: (steps: number, histories: number) => void;
}

/**
 * Runs random histories of a journal (appends, syncs, failing disks, kills, power cuts, changed bytes) against a model
 * of what it must hold, and verifies its files after every crash.
 * @returns how many steps and histories were done
 * @throws Error with the shortest history that shows a fault, and how to run it again; the signal's reason
 */
export async function runHistories(options: HistoriesOptions): Promise<{ steps: number; histories: number }> {
  let steps = 0;
  let histories = 0;
  const property = fc.asyncProperty(journalSteps(MOST_STEPS), async (history) => {
    const model = new JournalModel();
    await model.open();
    for (const step of history) await step.run(model);
    await model.journal.close();
    await model.expectNoFalseAlarm();
    steps += history.length;
    histories += 1;
  });
  for (let seed = options.seed; steps < options.steps; seed++) {
    options.signal?.throwIfAborted();
    const result = await fc.check(property, { seed, numRuns: HISTORIES_AT_A_TIME });
    if (result.failed) throw new Error(fc.defaultReportMessage(result), { cause: result.errorInstance });
    options.say?.(steps, histories);
  }
  return { steps, histories };
}
