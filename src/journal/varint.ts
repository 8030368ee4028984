/** Where a decoder is in its bytes; moved on by each function that reads. */
export interface Place {
  at: number;
}

/** Writes a whole number below 2^32 in groups of seven bits, the lowest first; returns where it ends. */
export function writeVarint(into: Buffer, at: number, value: number): number {
  let left = value;
  let end = at;
  while (left > 127) {
    into[end++] = (left & 127) | 128;
    left >>>= 7;
  }
  into[end++] = left;
  return end;
}

/** Reads what writeVarint wrote. */
export function readVarint(bytes: Buffer, place: Place): number {
  const first = bytes[place.at++] ?? 0;
  if (first < 128) return first;
  let value = first & 127;
  for (let shift = 7; shift < 35; shift += 7) {
    const byte = bytes[place.at++] ?? 0;
    value |= (byte & 127) << shift;
    if (byte < 128) break;
  }
  return value >>> 0;
}

/** Writes a text's length in UTF-8 and its bytes; returns where it ends. */
export function writeText(into: Buffer, at: number, text: string): number {
  const { length } = text;
  if (length < 128) {
    let index = 0;
    for (; index < length; index++) {
      const code = text.charCodeAt(index);
      if (code > 127) break;
      into[at + 1 + index] = code;
    }
    if (index === length) {
      into[at] = length;
      return at + 1 + length;
    }
  }
  const start = writeVarint(into, at, Buffer.byteLength(text));
  return start + into.write(text, start);
}

/** Reads what writeText wrote. */
export function readText(bytes: Buffer, place: Place): string {
  const start = skipText(bytes, place);
  return bytes.toString("utf8", start, place.at);
}

/** Passes over what writeText wrote; returns where its bytes begin, after which they end at the new place. */
export function skipText(bytes: Buffer, place: Place): number {
  const length = readVarint(bytes, place);
  const start = place.at;
  place.at = start + length;
  return start;
}

/** The most bytes that writeText needs. */
export function textBound(text: string): number {
  return 5 + text.length * 3;
}
