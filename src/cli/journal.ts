import type { Command } from "commander";
import { addCursors } from "./journal-cursors.ts";
import { addExport } from "./journal-export.ts";
import { addInfo } from "./journal-info.ts";
import { addRepair } from "./journal-repair.ts";
import { addTail } from "./journal-tail.ts";
import { addVerify } from "./journal-verify.ts";

/** `fieldline journal`: what the journal holds, and up to where it is delivered. */
export function addJournal(program: Command): void {
  const journal = program.command("journal").description("look at the journal, check it, and move its cursors");
  for (const add of [addInfo, addTail, addExport, addVerify, addRepair, addCursors]) add(journal);
}
