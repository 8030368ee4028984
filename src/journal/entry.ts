import type { Attributes, Reading, Timestamp } from "../model/index.ts";

/**
 * What the agent notes of itself: that it started and stopped, that the wall clock was set, and that a moment passed
 * (`tick`) at which something was due.
 */
export type MarkKind = "start" | "stop" | "clock_step" | "tick";

export interface ReadingEntry extends Reading {
  readonly kind: "reading";
}

export interface MarkEntry {
  readonly kind: MarkKind;
  readonly offset: number;
  readonly time: Timestamp;
  readonly attributes?: Attributes | undefined;
}

/** One record of the journal that has an offset. */
export type Entry = ReadingEntry | MarkEntry;

/** Some entries in order; readers at the same place share the entries and the payload's bytes, so nobody changes them. */
export interface Block {
  readonly entries: readonly Entry[];
  /** Where to read on. */
  readonly next: number;
  /** The sum of the payloads. */
  readonly bytes: number;
}
