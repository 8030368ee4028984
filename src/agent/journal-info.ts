import type { Plan } from "../config/index.ts";
import type { Entry } from "../journal/index.ts";
import { answeredBy, type AnswerEnd } from "./answered.ts";
import { askStatus } from "./ask-journal.ts";
import { dataDirectory } from "./data-directory.ts";
import { firstEntry, type JournalView, viewJournal } from "./journal-view.ts";
import { type ListedCursor, listCursors } from "./listed-cursors.ts";

/** What a journal holds, and up to where each output has delivered it. Sizes are in bytes. */
export interface JournalInfo {
  readonly directory: string;
  readonly durability: "disk" | "memory";
  /** The process of the agent that runs on it. */
  readonly agent: number | undefined;
  readonly bytes: number;
  readonly maxSize: number;
  readonly segments: number;
  /** The oldest offset, and the one after the newest. */
  readonly begin: number;
  readonly end: number;
  /** There was no room for the last reading; undefined without an agent. */
  readonly full: boolean | undefined;
  readonly oldest: Entry | undefined;
  readonly newest: Entry | undefined;
  /** The readings of each input; undefined where only counting all would tell. */
  readonly inputs: Readonly<Record<string, InputCount>> | undefined;
  readonly outputs: readonly ListedCursor[];
  /** What was found damaged, as sentences. */
  readonly damage: readonly string[];
}

export interface InputCount {
  readonly readings: number;
  /** Of their payloads; undefined when they were not counted. */
  readonly bytes?: number;
}

/**
 * Looks at a plan's journal, beside its agent or without one.
 * @param count count readings and bytes of each input, which reads the whole journal
 */
export function askJournalInfo(
  plan: Plan,
  count: boolean,
  signal: AbortSignal,
): AsyncGenerator<{ readonly info: JournalInfo } | AnswerEnd> {
  return answeredBy(async () => ({ info: await lookAt(plan, count, signal) }));
}

async function lookAt(plan: Plan, count: boolean, signal: AbortSignal): Promise<JournalInfo> {
  const status = await askStatus(plan, signal);
  const view = await viewJournal(plan);
  const { stored } = view;
  const looked = {
    directory: dataDirectory(plan.agent.dataDir).journal,
    durability: plan.journal.durability,
    agent: status?.pid,
    bytes: status?.bytes ?? stored?.bytes ?? 0,
    maxSize: plan.journal.maxSize,
    segments: status?.segments ?? stored?.starts.length ?? 0,
    begin: status?.begin ?? stored?.begin ?? 0,
    end: status?.end ?? stored?.end ?? 0,
    full: status?.full,
    oldest: await firstEntry(view, { marks: false }, signal),
    newest: await firstEntry(view, { last: 1, marks: false }, signal),
    inputs: count ? await countInputs(view, signal) : await knownInputs(view),
    outputs: await listCursors(plan, view, status, signal),
  };
  return { ...looked, damage: [...new Set([...(status?.damage ?? []), ...view.passed])] };
}

async function knownInputs({ stored }: JournalView): Promise<JournalInfo["inputs"]> {
  const counts = await stored?.countReadings();
  if (counts === undefined) return undefined;
  return Object.fromEntries(Object.entries(counts).map(([input, readings]) => [input, { readings }]));
}

async function countInputs(view: JournalView, signal: AbortSignal): Promise<Readonly<Record<string, InputCount>>> {
  const counts = new Map<string, { readings: number; bytes: number }>();
  for await (const entry of view.entries({ marks: false }, signal)) {
    if (entry.kind !== "reading") continue;
    const counted = counts.get(entry.input) ?? { readings: 0, bytes: 0 };
    counts.set(entry.input, counted);
    counted.readings += 1;
    counted.bytes += entry.payload.length;
  }
  return Object.fromEntries(counts);
}
