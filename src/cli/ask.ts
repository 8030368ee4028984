import type { AnswerEnd } from "../agent/index.ts";
import type { Plan } from "../config/index.ts";
import { loadOrExplain } from "./load.ts";
import { onSignals } from "./signals.ts";
import { pacedOut } from "./stdout.ts";

/** Prints on stdout; resolves when that takes more. */
export type Print = (text: string | Uint8Array) => Promise<void>;

export interface Question<Line extends object> {
  /** Asks the agent, or the files. */
  readonly answer: (plan: Plan, signal: AbortSignal) => AsyncIterable<Line | AnswerEnd>;
  /** Takes each line of the answer. */
  readonly take: (line: Line, print: Print) => Promise<void> | void;
  /** What there is to add when all went well. */
  readonly end?: (plan: Plan, print: Print) => Promise<void> | void;
  /** What it means that somebody stopped it; left out where that is how it ends. */
  readonly stopped?: string;
}

/** Asks something of a configuration's data directory. Problems are said on stderr and give the exit status. */
export async function ask<Line extends object>(config: string, question: Question<Line>): Promise<void> {
  const plan = await loadOrExplain(config);
  if (plan === undefined) {
    process.exitCode = 1;
    return;
  }
  const end = new AbortController();
  let gone = false;
  const print = pacedOut(() => {
    gone = true;
    end.abort();
  });
  const release = onSignals({ stop: () => end.abort() });
  let well = true;
  try {
    for await (const line of question.answer(plan, end.signal)) {
      if (end.signal.aborted) break;
      if ("problem" in line) well = tell(line);
      else if (!("done" in line)) await question.take(line, print);
    }
    if (well && !end.signal.aborted) await question.end?.(plan, print);
  } catch (error) {
    if (!end.signal.aborted) throw error;
  } finally {
    release();
  }
  if (!end.signal.aborted || gone || question.stopped === undefined) return;
  process.stderr.write(`fieldline: ${question.stopped}\n`);
  process.exitCode = 2;
}

function tell({ problem, wrong }: Extract<AnswerEnd, { readonly problem: string }>): false {
  process.stderr.write(`fieldline: ${problem}\n`);
  process.exitCode = wrong ? 1 : 2;
  return false;
}
