const QUOTE = 34;
const COLON = 58;
const BACKSLASH = 92;
/** What each byte can begin or go on with, by its value. */
const KIND = { space: 1, number: 2, word: 4 };
const KINDS = new Uint8Array(256);
for (const character of " \t\r\n") KINDS[character.charCodeAt(0)] = KIND.space;
for (const character of "0123456789-+.eE") KINDS[character.charCodeAt(0)] = KIND.number;
for (const character of "abcdefghijklmnopqrstuvwxyz") {
  const code = character.charCodeAt(0);
  KINDS[code] = (KINDS[code] ?? 0) | KIND.word;
}
/** FNV-1a of 32 bits (Fowler, Noll and Vo). */
const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/** A document without its scalars: brackets, names, commas, space. */
export interface Skeleton {
  /** Of what is between the scalars. */
  readonly hash: number;
  /** Where each scalar begins and ends, in turn. */
  readonly places: readonly number[];
}

/** The skeleton of a document of JSON; of other bytes it has no meaning. */
export function skeletonOf(bytes: Uint8Array): Skeleton {
  const places: number[] = [];
  let hash = OFFSET_BASIS;
  for (let at = 0; at < bytes.length;) {
    const end = scalarEnd(bytes, at);
    if (end === at) {
      const nameEnd = bytes[at] === QUOTE ? stringEnd(bytes, at) : at + 1;
      for (; at < nameEnd; at++) hash = Math.imul(hash ^ (bytes[at] as number), PRIME);
      continue;
    }
    places.push(at, end);
    hash = Math.imul(hash, PRIME);
    at = end;
  }
  return { hash, places };
}

/** Where the scalar that begins at `at` ends; `at` itself when none begins there. */
function scalarEnd(bytes: Uint8Array, at: number): number {
  const first = bytes[at] as number;
  if (first === QUOTE) {
    const end = stringEnd(bytes, at);
    return isName(bytes, end) ? at : end;
  }
  const kind = KINDS[first] as number;
  if ((kind & (KIND.number | KIND.word)) === 0) return at;
  let end = at + 1;
  while (end < bytes.length && ((KINDS[bytes[end] as number] as number) & kind) !== 0) end += 1;
  return end;
}

function stringEnd(bytes: Uint8Array, at: number): number {
  let end = at + 1;
  for (; end < bytes.length && bytes[end] !== QUOTE; end++) if (bytes[end] === BACKSLASH) end += 1;
  return Math.min(end + 1, bytes.length);
}

/** Whether what ends at `end` is a name: a colon follows. */
function isName(bytes: Uint8Array, end: number): boolean {
  let at = end;
  while (at < bytes.length && KINDS[bytes[at] as number] === KIND.space) at += 1;
  return bytes[at] === COLON;
}
