import type { MarkEntry } from "../journal/index.ts";
import type { Attributes, Reading } from "../model/index.ts";

/** What a chain reads: a reading, or something that happened to the agent, which only tells the time. */
export type LogRecord = Reading | MarkEntry;

/** Of the tick after which no input has anything more to say: all windows close. */
export const INPUTS_ENDED: Attributes = { inputs: "ended" };

/** Whether an entry of the journal is a reading. */
export function isReading(record: LogRecord): record is Reading {
  return "payload" in record;
}

/** Whether every input had ended by itself. */
export function isEnd(record: LogRecord): boolean {
  return !isReading(record) && record.kind === "tick" && record.attributes?.["inputs"] === INPUTS_ENDED["inputs"];
}
