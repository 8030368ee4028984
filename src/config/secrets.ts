export const HIDDEN = "***";
/** Shorter texts are hidden only where they stand in quotes: they would match all over a sentence. */
const SHORTEST_IN_PROSE = 4;

/** The passwords of URLs, replaced by `***`. */
function hideUrlPasswords(text: string): string {
  return text.replaceAll(/([a-z][a-z0-9+.-]*:\/\/[^\s/:@"']*):[^\s/"']+@/gi, `$1:${HIDDEN}@`);
}

/** The texts of a configuration that nobody may see: what variables and files gave, and settings marked secret. */
export class Secrets {
  readonly #texts = new Set<string>();

  /** Remembers a text that is to be hidden. */
  add(text: string): void {
    if (text !== "") this.#texts.add(text);
  }

  /**
   * `text` with every secret in it replaced by `***`.
   * @param whole the text is one value: it is hidden as a whole when it is a secret, however short
   */
  hide(text: string, whole = false): string {
    if (whole && this.#texts.has(text)) return HIDDEN;
    let hidden = text;
    for (const secret of [...this.#texts].toSorted((a, b) => b.length - a.length)) {
      hidden = hidden.replaceAll(JSON.stringify(secret), HIDDEN);
      if (secret.length >= SHORTEST_IN_PROSE) hidden = hidden.replaceAll(secret, HIDDEN);
    }
    return hideUrlPasswords(hidden);
  }
}
