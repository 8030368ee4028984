import type { fromLine, ListedReject, RejectsLine } from "../agent/index.ts";

import { escaped, fieldOf, momentText, number, payloadText } from "./field-text.ts";

type Reading = ReturnType<typeof fromLine>;
type Retried = Extract<RejectsLine, { readonly retried: unknown }>["retried"];

/** An entry as one line: id, count, step, input, channel, offsets, when the last one came, reason. */
export function entryLine(entry: ListedReject): string {
  const { count, step, input, channel, first, last, reason } = entry;
  const offsets = first === last ? String(first) : `${first}-${last}`;
  const fields = [nameOf(entry), `${count}x`, step, input, channel, offsets, timeOf(entry), reason];
  return `${fields.map(fieldOf).join("  ")}\n`;
}

/** All that is kept of an entry, a line each. */
export function entryPage(entry: ListedReject): string {
  const { count, step, input, channel, ranges, reason, line } = entry;
  const offsets = ranges.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(", ");
  const rows: [string, string][] = [
    ["entry", nameOf(entry)],
    ["count", String(count)],
    ["step", step],
    ["input", input],
    ["channel", channel],
    ["offsets", offsets],
    ["last", timeOf(entry)],
    ["reason", reason],
    ...(line === undefined ? [] : [["point", line] as [string, string]]),
  ];
  return page(rows);
}

/** A reading as it was received. */
export function readingPage({ offset, time, attributes = {}, payload }: Reading): string {
  return `\n${page([
    ["reading", String(offset)],
    ["received", momentText(time)],
    ...Object.entries(attributes).map(([name, value]): [string, string] => [`attribute ${fieldOf(name)}`, value]),
    ["payload", payloadText(payload)],
  ])}`;
}

/** What became of an entry that was retried. */
export function retriedLine(entry: ListedReject, { readings, delivered, rejected, kept, note }: Retried): string {
  const counts = `${number(readings, "reading")}, ${number(delivered, "point")} delivered, ${number(rejected, "reject")} anew`;
  const noted = note === undefined ? "" : `; note: ${note}`;
  return `${nameOf(entry)}: ${counts}${kept === undefined ? "" : `; kept: ${escaped(kept)}`}${noted}\n`;
}

export function droppedLine(entry: ListedReject): string {
  return `${nameOf(entry)}: dropped\n`;
}

function nameOf({ output, id }: ListedReject): string {
  return `${output}/${id}`;
}

function timeOf({ at }: ListedReject): string {
  return new Date(at).toISOString();
}

function page(rows: readonly (readonly [string, string])[]): string {
  return rows.map(([name, value]) => `${name}: ${fieldOf(value)}\n`).join("");
}
