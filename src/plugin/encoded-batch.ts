/** Points as a sink takes them: their texts in UTF-8 one behind the other, each with a line feed at its end. */
export interface EncodedBatch {
  readonly bytes: Buffer;
  /** Where each point's text ends, behind its line feed. */
  readonly ends: readonly number[];
}

/** The text of one point, without the line feed. @param index from 0 */
export function textAt({ bytes, ends }: EncodedBatch, index: number): string {
  const start = index === 0 ? 0 : (ends[index - 1] ?? 0);
  return bytes.toString("utf8", start, (ends[index] ?? start + 1) - 1);
}

/** The texts of all points. */
export function textsOf(batch: EncodedBatch): string[] {
  return batch.ends.map((_, index) => textAt(batch, index));
}

/** Texts as a batch. */
export function batchOf(texts: readonly string[]): EncodedBatch {
  const lines = texts.map((text) => Buffer.from(`${text}\n`));
  let end = 0;
  return { bytes: Buffer.concat(lines), ends: lines.map(({ length }) => (end += length)) };
}
