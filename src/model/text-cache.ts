/** A power of two, so that a hash is cut to it by its lowest bits. */
const PLACES = 4_096;
const LONGEST = 64;
const LAST_ASCII = 127;
/** FNV-1a of 32 bits (Fowler, Noll and Vo). */
const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/**
 * Texts by their bytes, for topics and words that come again and again: giving the same text costs less than making it
 * anew. It holds the last short text of ASCII for each of a fixed number of places, so it never grows.
 */
export class TextCache {
  readonly #texts: (string | undefined)[] = Array.from({ length: PLACES });

  /** The text of bytes that are UTF-8, from `start` to `end`. */
  textOf(bytes: Uint8Array, start: number, end: number): string {
    if (end - start > LONGEST) return decode(bytes, start, end);
    let hash = OFFSET_BASIS;
    let all = 0;
    for (let at = start; at < end; at++) {
      const byte = bytes[at] as number;
      all |= byte;
      hash = Math.imul(hash ^ byte, PRIME);
    }
    if (all > LAST_ASCII) return decode(bytes, start, end);
    const place = (hash ^ (hash >>> 15)) & (PLACES - 1);
    const known = this.#texts[place];
    if (known !== undefined && isText(known, bytes, start, end)) return known;
    const text = decode(bytes, start, end);
    this.#texts[place] = text;
    return text;
  }
}

function isText(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  const { length } = text;
  if (length !== end - start) return false;
  for (let index = 0; index < length; index++) if (text.charCodeAt(index) !== bytes[start + index]) return false;
  return true;
}

function decode(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString();
}
