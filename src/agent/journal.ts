import type { Cursor, Entry } from "../journal/index.ts";
import { type AnswerEnd, answered } from "./answered.ts";
import { type ChangedCursor, changeCursor, type CursorChange, type CursorsPlace } from "./cursor-changes.ts";
import { entriesOf, type EntriesWanted, type EntrySource } from "./entries.ts";
import { type PausedLine, type PauseRequest, pauseRunning, type PausingAgent } from "./pause.ts";
import { fromLine, toLine } from "./tap.ts";

/** What a command asks of the journal of a running agent. */
export type JournalRequest =
  | { readonly command: "journal"; readonly action: "status" }
  | { readonly command: "journal"; readonly action: "entries"; readonly wanted: EntriesWanted }
  | { readonly command: "journal"; readonly action: "cursor"; readonly change: CursorChange }
  | PauseRequest;

/** How the journal of a running agent stands. */
export interface JournalStatus {
  /** The agent's process. */
  readonly pid: number;
  readonly begin: number;
  /** The offset after the last durable entry. */
  readonly end: number;
  readonly bytes: number;
  readonly segments: number;
  /** The last append found no room. */
  readonly full: boolean;
  /** Where each output is that runs. */
  readonly outputs: Readonly<Record<string, Pick<Cursor, "offset" | "delivered">>>;
  /** What was found damaged at the start, as sentences. */
  readonly damage: readonly string[];
}

/** One line of the answer. */
export type JournalLine =
  | { readonly status: JournalStatus }
  | { readonly entry: object }
  | { readonly changed: ChangedCursor }
  | PausedLine;

/** What the journal's commands need of a running agent. */
export interface JournalPlace extends CursorsPlace {
  readonly agent: PausingAgent;
  readonly journal: EntrySource & {
    readonly stats: { readonly bytes: number; readonly segments: number; readonly full: boolean };
    readonly recovered: { readonly damage: readonly { readonly message: string }[] };
  };
  readonly outputs: readonly { readonly id: string; readonly outlet: { readonly progress: Cursor } }[];
}

/** Does what is asked, and says line by line what came of it. */
export function answerJournal(
  request: JournalRequest,
  place: JournalPlace,
  signal: AbortSignal,
): AsyncGenerator<JournalLine | AnswerEnd> {
  return answered(linesOf(request, place, signal));
}

async function* linesOf(
  request: JournalRequest,
  place: JournalPlace,
  signal: AbortSignal,
): AsyncGenerator<JournalLine> {
  if (request.action === "status") yield { status: statusOf(place) };
  if (request.action === "cursor") yield { changed: await changeCursor(request.change, place) };
  if (request.action === "pause") yield await pauseRunning(request, place.agent);
  if (request.action !== "entries") return;
  for await (const entry of entriesOf(place.journal, request.wanted, signal)) yield { entry: entryToLine(entry) };
}

function statusOf({ journal, outputs }: JournalPlace): JournalStatus {
  const { begin, end, stats, recovered } = journal;
  return {
    pid: process.pid,
    begin,
    end,
    bytes: stats.bytes,
    segments: stats.segments,
    full: stats.full,
    outputs: Object.fromEntries(outputs.map(({ id, outlet }) => [id, placeOf(outlet.progress)])),
    damage: recovered.damage.map(({ message }) => message),
  };
}

function placeOf({ offset, delivered }: Cursor): Pick<Cursor, "offset" | "delivered"> {
  return { offset, delivered };
}

function entryToLine(entry: Entry): object {
  return entry.kind === "reading" ? { kind: entry.kind, ...toLine(entry) } : entry;
}

/** An entry as it came in a line. */
export function entryFromLine(line: object): Entry {
  return "payload" in line ? { kind: "reading", ...fromLine(line) } : (line as Entry);
}
