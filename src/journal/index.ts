export type { Block, Entry, MarkEntry, MarkKind, ReadingEntry } from "./entry.ts";
export type { FileLayer, OpenFile } from "./files.ts";
export type { Loss, LossReason } from "./loss.ts";
export { Journal } from "./journal.ts";
export type { AppendOptions, JournalOptions, JournalStats, Recovered } from "./journal-options.ts";
export type { Cursor } from "./cursor-file.ts";
export { type CursorDamage, CursorStore } from "./cursors.ts";
export { makeDirectory } from "./node-files.ts";
export { StoredJournal } from "./stored-journal.ts";
