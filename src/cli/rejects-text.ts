import type { fromLine, ListedReject, RejectsLine } from "../agent/index.ts";

type Reading = ReturnType<typeof fromLine>;
type Retried = Extract<RejectsLine, { readonly retried: unknown }>["retried"];

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  "\n": String.raw`\n`,
  "\r": String.raw`\r`,
  "\t": String.raw`\t`,
};

/** A text as one field of a line: control characters, and those that change a line's direction, escaped; `-` for none. */
export function fieldOf(text: string): string {
  return text === "" ? "-" : escaped(text);
}

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
  const seconds = new Date(time.seconds * 1000).toISOString().slice(0, -5);
  return `\n${page([
    ["reading", String(offset)],
    ["received", `${seconds}.${String(time.nanos).padStart(9, "0")}Z`],
    ...Object.entries(attributes).map(([name, value]): [string, string] => [`attribute ${fieldOf(name)}`, value]),
    ["payload", textOf(payload)],
  ])}`;
}

/** What became of an entry that was retried. */
export function retriedLine(entry: ListedReject, { readings, delivered, rejected, kept }: Retried): string {
  const counts = `${number(readings, "reading")}, ${number(delivered, "point")} delivered, ${number(rejected, "reject")} anew`;
  return `${nameOf(entry)}: ${counts}${kept === undefined ? "" : `; kept: ${escaped(kept)}`}\n`;
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

function number(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** A payload as text, or as its bytes where it is none. */
function textOf(payload: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(payload);
  } catch {
    const hex = (byte: number) => `\\x${byte.toString(16).padStart(2, "0")}`;
    return Array.from(payload, (byte) => (byte < 0x80 ? String.fromCharCode(byte) : hex(byte))).join("");
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16);
    return SHORT_ESCAPES[character] ?? (code.length > 2 ? `\\u{${code}}` : `\\x${code.padStart(2, "0")}`);
  });
}
