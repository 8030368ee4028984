/** A fenced block of a Markdown text. */
export interface Block {
  /** What stands after the opening fence, such as `yaml`. */
  readonly language: string;
  readonly text: string;
}

const FENCED = /^```([^\n]*)\n(.*?)^```$/gms;

/** The fenced blocks, in order. */
export function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(FENCED)].map(([, language = "", text = ""]) => ({ language: language.trim(), text }));
}

/** The targets of all links that lead to a file of the repository, as they are written. */
export function relativeLinksOf(markdown: string): string[] {
  const prose = markdown.replace(FENCED, "").replaceAll(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** The anchors that GitHub gives to the headings. */
export function anchorsOf(markdown: string): string[] {
  return [...markdown.replace(FENCED, "").matchAll(/^#+ +(.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}
