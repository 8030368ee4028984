/** Slots at first; more are made when half of them are taken. */
const FIRST_SLOTS = 64;
/** So many slots in a row may hold what falls on the first of them. */
const PROBES = 8;

/**
 * Remembers what was made of some bytes, such as the text of a topic, so that the same bytes give the same value again
 * without making it. Bounded: where there is no free slot others lose theirs.
 */
export class BytesMemo<T, Bytes extends Uint8Array = Buffer> {
  readonly #make: (bytes: Bytes, start: number, end: number) => T;
  readonly #most: number;
  readonly #longest: number;
  #taken = 0;
  #turn = 0;
  #hashes = new Int32Array(FIRST_SLOTS);
  #keys: (Uint8Array | undefined)[] = Array.from({ length: FIRST_SLOTS });
  #values: (T | undefined)[] = Array.from({ length: FIRST_SLOTS });

  /**
   * @param make a pure function of the bytes from `start` to `end`
   * @param most slots, a power of two
   * @param longest in bytes; of longer ones nothing is remembered
   */
  constructor(make: (bytes: Bytes, start: number, end: number) => T, most: number, longest: number) {
    this.#make = make;
    this.#most = most;
    this.#longest = longest;
  }

  /** What `make` makes of the bytes from `start` to `end`. */
  of(bytes: Bytes, start: number, end: number): T {
    if (end - start > this.#longest) return this.#make(bytes, start, end);
    const hash = hashOf(bytes, start, end);
    const mask = this.#hashes.length - 1;
    for (let probe = 0; probe < PROBES; probe++) {
      const slot = (hash + probe) & mask;
      if (this.#hashes[slot] !== hash) continue;
      const key = this.#keys[slot];
      if (key !== undefined && isSame(key, bytes, start, end)) return this.#values[slot] as T;
    }
    const value = this.#make(bytes, start, end);
    this.#remember(hash, Uint8Array.prototype.slice.call(bytes, start, end), value);
    if (this.#taken * 2 > mask && mask + 1 < this.#most) this.#grow();
    return value;
  }

  #remember(hash: number, key: Uint8Array, value: T): void {
    const mask = this.#hashes.length - 1;
    let probe = 0;
    while (probe < PROBES && this.#keys[(hash + probe) & mask] !== undefined) probe += 1;
    if (probe < PROBES) this.#taken += 1;
    else probe = this.#turn = (this.#turn + 1) % PROBES;
    const slot = (hash + probe) & mask;
    this.#hashes[slot] = hash;
    this.#keys[slot] = key;
    this.#values[slot] = value;
  }

  #grow(): void {
    const [hashes, keys, values] = [this.#hashes, this.#keys, this.#values];
    const slots = Math.min(this.#most, 4 * hashes.length);
    this.#taken = 0;
    this.#hashes = new Int32Array(slots);
    this.#keys = Array.from({ length: slots });
    this.#values = Array.from({ length: slots });
    for (const [slot, key] of keys.entries())
      if (key !== undefined) this.#remember(hashes[slot] as number, key, values[slot] as T);
  }
}

/** FNV-1a, with the higher bits mixed into the lower ones, which choose the slot. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  return hash ^ (hash >>> 15);
}

function isSame(key: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (key.length !== end - start) return false;
  for (let at = start; at < end; at++) if (key[at - start] !== bytes[at]) return false;
  return true;
}
