import { type CodeEntry, CODES } from "./codes.ts";

/** The page docs/reference/errors.md, in Markdown: every code with its meaning and what to do. */
export function errorsPage(): string {
  const entries: readonly (readonly [string, CodeEntry])[] = Object.entries(CODES);
  const sections = entries
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { title, meaning, remedy }]) => `## ${code}\n\n**${title}.** ${meaning}\n\n${remedy}\n`);
  return [
    "# Errors\n",
    "`fieldline check` prints one problem a line, `FILE:LINE:COLUMN: error|warning: MESSAGE [code]`. These are the codes.\n",
    ...sections,
  ].join("\n");
}
