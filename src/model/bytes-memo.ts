/** Slots at first; more are made as more different bytes come. */
const FIRST_SLOTS = 64;

/**
 * Remembers what was made of some bytes, such as the text of a topic, so that the same bytes give the same value again
 * without making it. Bounded: bytes have one slot, and others that fall on it take it over.
 */
export class BytesMemo<T, Bytes extends Uint8Array = Buffer> {
  readonly #make: (bytes: Bytes, start: number, end: number) => T;
  readonly #most: number;
  readonly #longest: number;
  #slots = FIRST_SLOTS;
  #used = 0;
  /** The bytes of each slot, with their length before them; 0 for a free slot. */
  #keys: Uint8Array;
  #values: (T | undefined)[];

  /**
   * @param make a pure function of the bytes from `start` to `end`
   * @param most slots, a power of two
   * @param longest in bytes, up to 254; of longer ones, and of none, nothing is remembered
   */
  constructor(make: (bytes: Bytes, start: number, end: number) => T, most: number, longest: number) {
    this.#make = make;
    this.#most = most;
    this.#longest = longest;
    this.#keys = new Uint8Array(FIRST_SLOTS * (longest + 1));
    this.#values = Array.from({ length: FIRST_SLOTS });
  }

  /** What `make` makes of the bytes from `start` to `end`. */
  of(bytes: Bytes, start: number, end: number): T {
    const length = end - start;
    if (length > this.#longest || length <= 0) return this.#make(bytes, start, end);
    const slot = hash(bytes, start, end) & (this.#slots - 1);
    const at = slot * (this.#longest + 1);
    if (holds(this.#keys, at, bytes, start, length)) return this.#values[slot] as T;
    const value = this.#make(bytes, start, end);
    const grows = this.#keys[at] === 0 && ++this.#used * 2 > this.#slots && this.#slots < this.#most;
    this.#keys[at] = length;
    this.#keys.set(bytes.subarray(start, end), at + 1);
    this.#values[slot] = value;
    if (grows) this.#grow();
    return value;
  }

  /** What there was is found again when it comes again. */
  #grow(): void {
    this.#slots = Math.min(this.#most, 4 * this.#slots);
    this.#keys = new Uint8Array(this.#slots * (this.#longest + 1));
    this.#values = Array.from({ length: this.#slots });
    this.#used = 0;
  }
}

/** FNV-1a, with the higher bits mixed into the lower ones, which choose the slot. */
function hash(bytes: Uint8Array, start: number, end: number): number {
  let sum = 0x811c9dc5;
  for (let at = start; at < end; at++) sum = Math.imul(sum ^ (bytes[at] as number), 0x01000193);
  return sum ^ (sum >>> 15);
}

function holds(keys: Uint8Array, at: number, bytes: Uint8Array, start: number, length: number): boolean {
  if (keys[at] !== length) return false;
  for (let index = 0; index < length; index++) if (keys[at + 1 + index] !== bytes[start + index]) return false;
  return true;
}
