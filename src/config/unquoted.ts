/** What to say of an unquoted # that took the text away. */
export const COMMENT_MESSAGE =
  'an unquoted # begins a comment, and what follows is lost; put the text in quotes, such as "bbq/#"';

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
