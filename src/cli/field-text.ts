const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  "\n": String.raw`\n`,
  "\r": String.raw`\r`,
  "\t": String.raw`\t`,
};

/** A text as one field of a line: control characters, and those that change a line's direction, escaped; `-` for none. */
export function fieldOf(text: string): string {
  return text === "" ? "-" : escaped(text);
}

/** A text with such characters escaped. */
export function escaped(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16);
    return SHORT_ESCAPES[character] ?? (code.length > 2 ? `\\u{${code}}` : `\\x${code.padStart(2, "0")}`);
  });
}

/** A number with its noun: `1 reading`, `2 readings`. */
export function number(count: number, noun: string, nouns = `${noun}s`): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? noun : nouns}`;
}

/** A moment as RFC 3339 has it, to the nanosecond. */
export function momentText({ seconds, nanos }: { readonly seconds: number; readonly nanos: number }): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, -5)}.${String(nanos).padStart(9, "0")}Z`;
}

/** A payload as text; undefined when it is no UTF-8. */
export function utf8Text(payload: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(payload);
  } catch {
    return undefined;
  }
}

/** A payload as text, with the bytes as they are where it is none. */
export function payloadText(payload: Uint8Array): string {
  const hex = (byte: number) => `\\x${byte.toString(16).padStart(2, "0")}`;
  const asBytes = () => Array.from(payload, (byte) => (byte < 0x80 ? String.fromCharCode(byte) : hex(byte))).join("");
  return utf8Text(payload) ?? asBytes();
}

/** How long a time is, in its largest unit: `45s`, `12m`, `3h`, `5d`. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes}m`;
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)}h` : `${Math.round(minutes / 60 / 24)}d`;
}

/** A size as the configuration writes it, with one decimal: `12.3MiB`. */
export function sizeText(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let size = bytes;
  let unit = 0;
  for (; size >= 1024 && unit < units.length - 1; unit++) size /= 1024;
  return `${Number.isInteger(size) ? size : size.toFixed(1)}${units[unit]}`;
}

/** Rows of fields as lines, the columns under each other. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `${row
          .map((field, column) => field.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}
