import type { PlaceInJournal } from "../agent/index.ts";
import { RequestError } from "./request-error.ts";

/** What a place in the journal may be, for the help of an option. */
export const PLACE = "an offset, a time such as 2026-09-21T14:00:00Z or 2026-09-21, beginning or end";

/** A place in the journal as somebody wrote it. @throws RequestError for a text that is none */
export async function parsePlace(text: string, what: string): Promise<PlaceInJournal> {
  if (text === "beginning" || text === "end") return text;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  const { momentOf } = await import("../config/index.ts");
  const moment = momentOf(text);
  if (moment === undefined) throw new RequestError(`${what} ${text} is no place in the journal: write ${PLACE}`);
  return moment;
}
