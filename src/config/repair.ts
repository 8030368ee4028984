/** The lines of a file, changed one by one so that what follows a syntax error can still be read. Their number stays. */
export type Lines = readonly string[];

const VALUE = /^(\s*(?:-\s+)*(?:(?:"[^"]*"|'[^']*'|[^\s#:'"{}[\],-][^:#{}[\]]*):\s+)?)(\S.*)$/;

/** The lines with those from `from` up to but not including `to` made empty. */
export function blank(lines: Lines, from: number, to: number): Lines {
  return lines.map((line, at) => (at >= from && at < to ? "" : line));
}

/** A line whose value is replaced by an empty text: after `key:` or `-`, or an item of a list that spans lines. */
export function withoutValue(line: string): string {
  const match = VALUE.exec(line);
  const start = match?.[1] ?? "";
  if (/\S/.test(start)) return `${start}""`;
  return `${start}""${/[,\]}]*\s*$/.exec(line)?.[0] ?? ""}`;
}

/** The line with as much indentation as another. */
export function indentLike(line: string, model: string): string {
  return `${/^\s*/.exec(model)?.[0] ?? ""}${line.trimStart()}`;
}
