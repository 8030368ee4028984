/** What to say of an unquoted # that took the text away. */
export const COMMENT_MESSAGE =
  'an unquoted # begins a comment, and what follows is lost; put the text in quotes, such as "bbq/#"';

/** What to say of a # that may have been meant as text, or not. */
export const CUT_MESSAGE =
  "what follows # is a comment, and no part of the text; put the text in quotes, or a space after a # that begins a comment";

/** A text that begins with quotes as word processors make them. */
export const TYPOGRAPHIC = /^[\u2018-\u201f\u00ab\u2039]/;
export const TYPOGRAPHIC_MESSAGE = "typographic quotes are part of the text; type \" or ' instead";

/** A key that begins with a space of another kind, as is copied from web pages. */
export const STRANGE_SPACE = /^[\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff]/;

/** The line with quoted texts blanked out, columns kept. */
export function withoutQuoted(line: string): string {
  return line.replaceAll(/"(?:[^"\\]|\\.)*"|'[^']*'/g, (quoted) => " ".repeat(quoted.length));
}

/** A text with braces that is more than a map in braces. */
export const BRACES = /[^\s[\],{}:]*(?:\{[^{}\s,]*\}[^\s[\],{}]*)+/g;

/**
 * What to say of a text with braces that has no quotes. A text that may be a password is not shown.
 * @param context its setting's name, or its line
 */
export function braceMessage(word: string, context: string): string {
  const secret = /pass|token|secret|key|auth|psk|credential|:\/\//i.test(context) && !/^\$\{[^}]*\}$/.test(word);
  const example = secret ? "bbq/{grill}" : word;
  return `an unquoted { begins a map; put the text in quotes: "${example}"`;
}
