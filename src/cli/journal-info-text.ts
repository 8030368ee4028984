import type { Entry, JournalInfo } from "../agent/index.ts";
import { cursorRows, jsonCursor } from "./cursors-text.ts";
import { durationText, fieldOf, momentText, number, sizeText, table } from "./field-text.ts";

/** The whole as a JSON object, times as texts. */
export function infoJson(info: JournalInfo): string {
  const { oldest, newest, outputs } = info;
  const known = { ...info, oldest: jsonPlace(oldest), newest: jsonPlace(newest), outputs: outputs.map(jsonCursor) };
  return `${JSON.stringify(known, null, 2)}\n`;
}

/** The whole as a page. @param now milliseconds since 1970 */
export function infoPage(info: JournalInfo, now: number): string {
  const { begin, end, inputs, outputs, damage } = info;
  const entries = end === begin ? "none" : `${number(end - begin, "offset")}, ${begin} to ${end - 1}`;
  const parts = [
    table([
      ["journal", info.directory],
      ["durability", info.durability],
      ["agent", info.agent === undefined ? "none runs; the cursors are those on disk" : `process ${info.agent}`],
      ["size", sizeOf(info)],
      ["entries", entries],
      ["oldest reading", placeText(info.oldest, now)],
      ["newest reading", placeText(info.newest, now)],
    ]),
  ];
  if (inputs !== undefined) {
    const rows = Object.entries(inputs).map(([id, { readings, bytes }]) => [
      fieldOf(id),
      readings.toLocaleString("en-US"),
      bytes === undefined ? "-" : sizeText(bytes),
    ]);
    parts.push(table([["INPUT", "READINGS", "PAYLOADS"], ...rows]));
  }
  parts.push(table(cursorRows(outputs, now)));
  if (damage.length > 0) parts.push(`damage\n${damage.map((sentence) => `  ${fieldOf(sentence)}\n`).join("")}`);
  return parts.join("\n");
}

function sizeOf({ bytes, maxSize, segments, full }: JournalInfo): string {
  const share = `${sizeText(bytes)} of ${sizeText(maxSize)}, in ${number(segments, "segment")}`;
  return full === true ? `${share}; FULL: inputs are held back, or lose readings` : share;
}

function placeText(entry: Entry | undefined, now: number): string {
  if (entry === undefined) return "none";
  return `${momentText(entry.time)} (${durationText(now - entry.time.seconds * 1000)} ago), offset ${entry.offset}`;
}

function jsonPlace(entry: Entry | undefined) {
  return entry === undefined ? undefined : { offset: entry.offset, time: momentText(entry.time) };
}
