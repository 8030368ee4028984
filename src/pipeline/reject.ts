import { isReading, type LogRecord } from "./log-record.ts";

/** A reading or a point that no retry can save, and why. */
export interface Reject {
  /** Where it failed: `decode`, a processor's id, `encode`, or `write`. */
  readonly step: string;
  /** Empty when it was no reading that caused it. */
  readonly input: string;
  readonly channel: string;
  readonly offset: number;
  readonly reason: string;
  /** The point in line protocol, where there was one. */
  readonly line?: string | undefined;
}

/** What a record, or nothing that is known, made a step reject. */
export function rejectOf(record: LogRecord | undefined, step: string, reason: string): Reject {
  const { input, channel } = record !== undefined && isReading(record) ? record : NOWHERE;
  return { step, input, channel, offset: record?.offset ?? 0, reason };
}

const NOWHERE = { input: "", channel: "" };
