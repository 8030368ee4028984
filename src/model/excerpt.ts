const ELLIPSIS = "…";

/**
 * A text as an error message shows it: in double quotes, control characters escaped, at most `max` characters of it.
 * Takes bytes too, whatever they are.
 */
export function excerpt(text: string | Uint8Array, max = 40): string {
  // A character of UTF-8 has at most four bytes; one more character shows that there is more.
  const start =
    typeof text === "string"
      ? text.slice(0, 2 * (max + 1))
      : Buffer.from(text.buffer, text.byteOffset, Math.min(text.length, 4 * (max + 1))).toString();
  const characters = Array.from(start);
  const shown = characters.length > max ? characters.slice(0, max).join("") + ELLIPSIS : start;
  return JSON.stringify(shown).replaceAll(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
