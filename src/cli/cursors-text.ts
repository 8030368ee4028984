import type { ListedCursor } from "../agent/index.ts";
import { durationText, fieldOf, momentText, sizeText } from "./field-text.ts";

const HEAD = ["OUTPUT", "CURSOR", "LAG", "NEXT RECEIVED", "STATE", ""];

/** The cursors as rows of a table, below their headings. @param now milliseconds since 1970 */
export function cursorRows(cursors: readonly ListedCursor[], now: number): readonly (readonly string[])[] {
  return [HEAD, ...cursors.map((cursor) => rowOf(cursor, now))];
}

function rowOf({ output, offset, lag, time, stateBytes, ...cursor }: ListedCursor, now: number): readonly string[] {
  const next = time === undefined ? "-" : `${momentText(time)} (${durationText(now - time.seconds * 1000)} ago)`;
  return [
    fieldOf(output),
    String(offset ?? "-"),
    lag?.toLocaleString("en-US") ?? "-",
    next,
    stateBytes === 0 ? "-" : sizeText(stateBytes),
    notesOf(cursor, offset).join(", "),
  ];
}

function notesOf(
  { required, paused, damaged }: Pick<ListedCursor, "required" | "paused" | "damaged">,
  offset: number | undefined,
) {
  return [
    ...(required === undefined ? ["not in the configuration: holds nothing"] : []),
    ...(required === false ? ["not required"] : []),
    ...(paused ? ["PAUSED"] : []),
    ...(damaged ? ["its cursor file is damaged: it will deliver again all that the journal holds"] : []),
    ...(offset === undefined && !damaged ? ["has not run yet"] : []),
  ];
}

/** A cursor as a value of JSON, its time as a text. */
export function jsonCursor({ time, ...cursor }: ListedCursor): object {
  return {
    ...cursor,
    configured: cursor.required !== undefined,
    time: time === undefined ? undefined : momentText(time),
  };
}
