import type { CursorStore } from "../journal/index.ts";
import { suggestion } from "../schema/index.ts";
import { WrongRequest } from "./answered.ts";
import { type EntrySource, offsetOfPlace, type PlaceInJournal } from "./entries.ts";
import type { KeptRejects } from "./kept-rejects.ts";
import type { PausedOutputs } from "./paused-outputs.ts";

/** What is to become of the cursor of an output that does not run. */
export type CursorChange =
  | { readonly kind: "rename"; readonly output: string; readonly to: string }
  | { readonly kind: "forget"; readonly output: string }
  | { readonly kind: "set"; readonly output: string; readonly place: PlaceInJournal };

/** A change that is on disk. */
export interface ChangedCursor {
  /** Where the cursor was. */
  readonly before: number;
  /** Where it is, or was when it is forgotten. */
  readonly offset: number;
  /** The output has rejects. */
  readonly rejects: boolean;
}

/** Where the cursors are, and what else hangs on an output's id. */
export interface CursorsPlace {
  readonly kept: KeptRejects;
  readonly journal: Pick<EntrySource, "begin" | "end" | "offsetAt">;
  readonly cursors: CursorStore;
  readonly paused: PausedOutputs;
  /** Those that run; none without an agent. */
  readonly outputs: readonly { readonly id: string }[];
}

/** Changes a cursor; resolves once that is durable. @throws WrongRequest when it must not be changed, or is not there */
export async function changeCursor(change: CursorChange, place: CursorsPlace): Promise<ChangedCursor> {
  const { kept, cursors, outputs } = place;
  const { output } = change;
  for (const id of change.kind === "rename" ? [output, change.to] : [output])
    if (outputs.some((running) => running.id === id))
      throw new WrongRequest(`output ${id} runs in process ${process.pid}: stop that agent first, then try again`);
  const before = cursors.load(output)?.offset;
  if (before === undefined) {
    const names = cursors.list().map((each) => each.output);
    throw new WrongRequest(`output ${output} has no cursor${suggestion(output, names)}`);
  }
  const rejects = (await kept.outputs()).includes(output);
  if (change.kind === "forget") {
    await cursors.forget(output);
    await place.paused.set(output, false);
  }
  if (change.kind === "rename") await renameOutput(output, change.to, rejects, place);
  const offset = change.kind === "set" ? await setCursor(output, change.place, place) : before;
  return { before, offset, rejects };
}

async function setCursor(output: string, to: PlaceInJournal, { journal, cursors }: CursorsPlace): Promise<number> {
  const offset = await offsetOfPlace(journal, to);
  const { begin, end } = journal;
  if (offset < begin || offset > end)
    throw new WrongRequest(
      `there is no offset ${offset}: the journal begins at ${begin}, and the next entry will be ${end}`,
    );
  await cursors.save(output, { offset });
  return offset;
}

/** The cursor last: when the power goes in between, the same command does the rest. */
async function renameOutput(
  output: string,
  to: string,
  rejects: boolean,
  { kept, cursors, paused }: CursorsPlace,
): Promise<void> {
  const other = cursors.load(to);
  if (other !== undefined) {
    throw new WrongRequest(
      `output ${to} has a cursor of its own, at offset ${other.offset}: if its place does not matter, forget it with fieldline journal cursors forget ${to}, then try again`,
    );
  }
  if (rejects) {
    if ((await kept.outputs()).includes(to))
      throw new WrongRequest(
        `output ${to} has rejects of its own: retry or drop them first; see fieldline rejects list`,
      );
    await kept.rename(output, to);
  }
  await paused.set(to, paused.has(output));
  await cursors.rename(output, to);
  await paused.set(output, false);
}
