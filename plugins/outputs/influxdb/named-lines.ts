import type { AnswerBody } from "./answer-body.ts";

/** The lines of a batch that a store said it cannot take. */
export interface NamedLines {
  /** At least one. Indexes count from 0 in the batch. */
  readonly rejected: readonly { readonly index: number; readonly reason: string }[];
  /** The store said that it wrote all the others. */
  readonly restWritten: boolean;
}

/** Finds the lines of a refused batch that the answer names; undefined when it names none beyond doubt. */
export function namedLines({ words, data }: AnswerBody, batch: readonly string[]): NamedLines | undefined {
  const named = byData(words, data, batch) ?? byQuotes(words, batch) ?? byList(words, batch);
  return named !== undefined && named.rejected.length > 0 ? named : undefined;
}

/**
 * InfluxDB 3.x: `{"error": ..., "data": [{"original_line", "line_number", "error_message"}]}`, lines counted from 1;
 * with `accept_partial=false`, where nothing was written, `data` is one such object.
 */
function byData(words: string, data: unknown, batch: readonly string[]): NamedLines | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const entries = (Array.isArray(data) ? data : [data]) as (Readonly<Record<string, unknown>> | null)[];
  const copies = new Map(batch.map((line, index) => [unquoted(line), index]));
  const countable = countableLines(batch);
  const rejected = entries.flatMap((entry) => {
    const { line_number: number, original_line: original, error_message: reason = words } = entry ?? {};
    const index = indexOf(number, countable);
    // Counting is believed unless the line that is quoted beside the number is another one of the batch.
    const quoted = typeof original === "string" ? copies.get(unquoted(original)) : undefined;
    if (index === undefined || (quoted !== undefined && batch[quoted] !== batch[index])) return [];
    return [{ index, reason: typeof reason === "string" ? reason : words }];
  });
  return {
    rejected,
    restWritten: words.startsWith("partial write of line protocol") && rejected.length === entries.length,
  };
}

/** 3.x quotes lines as it has understood them, without quotation marks and escapes. */
function unquoted(line: string): string {
  return line.replaceAll(/["\\]/g, "");
}

const QUOTE = "unable to parse '";

/**
 * influxd 1.x and 2.x: `unable to parse 'LINE': REASON`, one for each bad line in the batch's order, with line feeds
 * between. 1.x puts `partial write: ` before and ` dropped=0` behind when it wrote the others; 2.x writes nothing.
 */
function byQuotes(words: string, batch: readonly string[]): NamedLines | undefined {
  const [before = ""] = /^(partial write: )?/.exec(words) ?? [];
  const text = before === "" ? words : words.replace(/ dropped=0$/, "");
  const rejected: { index: number; reason: string }[] = [];
  let at = before.length;
  let next = 0;
  while (text.startsWith(QUOTE, at)) {
    const from = at + QUOTE.length;
    // Quoted lines are stepped over whole, so that nothing within one can name another.
    let index = next;
    while (index < batch.length && !text.startsWith(`${batch[index]}': `, from)) index += 1;
    const line = batch[index];
    if (line === undefined) break;
    const reasonAt = from + line.length + 3;
    const end = text.indexOf(`\n${QUOTE}`, reasonAt);
    rejected.push({ index, reason: text.slice(reasonAt, end === -1 ? undefined : end) });
    next = index + 1;
    at = end === -1 ? text.length : end + 1;
  }
  return rejected.length === 0 ? undefined : { rejected, restWritten: text !== words && at === text.length };
}

const LIST = /errors encountered on line\(s\):\s*/;
const LISTED = /^error (?:in|parsing) line (\d+)(?: \(1-based\))?: (.*)$/;

/**
 * QuestDB and the 2.x API of InfluxDB's clouds: `... errors encountered on line(s): error in line 2: REASON`, one to a
 * line. They write nothing, or do not say.
 */
function byList(words: string, batch: readonly string[]): NamedLines | undefined {
  const start = LIST.exec(words);
  if (start === null) return undefined;
  const countable = countableLines(batch);
  const rejected = words
    .slice(start.index + start[0].length)
    .split("\n")
    .flatMap((entry) => {
      const [, number, reason = ""] = LISTED.exec(entry.trim()) ?? [];
      const index = indexOf(Number(number), countable);
      return index === undefined ? [] : [{ index, reason }];
    });
  return { rejected, restWritten: false };
}

/** How many lines have one number only: after a line feed within a string there are two ways to count. */
function countableLines(batch: readonly string[]): number {
  return batch.findIndex((line) => line.includes("\n")) + 1 || batch.length;
}

/** The index of line `number`, from 1. */
function indexOf(number: unknown, countable: number): number | undefined {
  return Number.isInteger(number) && Number(number) >= 1 && Number(number) <= countable
    ? Number(number) - 1
    : undefined;
}
