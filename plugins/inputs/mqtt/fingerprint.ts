/**
 * A number that tells bytes from others: MurmurHash3 for 32 bits (A. Appleby, in the public domain), which takes four
 * bytes at a time.
 * @param seed the fingerprint of what comes before, or 0
 */
export function fingerprint(bytes: Uint8Array, seed: number): number {
  const { length } = bytes;
  let hash = seed;
  let at = 0;
  for (const last = length - 4; at <= last; at += 4) {
    const low = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
    const high = (bytes[at + 2] as number) | ((bytes[at + 3] as number) << 8);
    hash ^= scrambled(low | (high << 16));
    hash = (hash << 13) | (hash >>> 19);
    hash = Math.imul(hash, 5) + 0xe6546b64;
  }
  let rest = 0;
  for (let left = length - 1; left >= at; left--) rest = (rest << 8) | (bytes[left] as number);
  hash ^= scrambled(rest) ^ length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function scrambled(word: number): number {
  const part = Math.imul(word, 0xcc9e2d51);
  return Math.imul((part << 15) | (part >>> 17), 0x1b873593);
}
