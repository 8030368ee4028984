const LEAST_BYTES = 256;
const ZERO = 48;
const MINUS = 45;
const DOT = 46;
/** Up to so many digits a decimal has one double and a double one shortest decimal (IEEE 754: 15 significant digits). */
const MOST_EXACT = 1e15;
/** Decimals that are written by hand; sensors rarely send more. */
const POWERS = [10, 100, 1_000, 10_000, 100_000, 1_000_000];

/** Text that grows, in UTF-8. What is in `bytes` from `length` on has no meaning. */
export class TextBuffer {
  bytes: Buffer;
  length = 0;

  /** @param size bytes to begin with */
  constructor(size = LEAST_BYTES) {
    this.bytes = Buffer.allocUnsafe(Math.max(LEAST_BYTES, size));
  }

  /** Makes room for so many bytes more. */
  reserve(bytes: number): void {
    const needed = this.length + bytes;
    if (needed > this.bytes.length) this.#grow(needed);
  }

  /** Adds one character of ASCII. */
  ascii(code: number): void {
    if (this.length === this.bytes.length) this.#grow(this.length + 1);
    this.bytes[this.length++] = code;
  }

  /** Adds a text. Halves of surrogate pairs become U+FFFD. */
  text(text: string): void {
    this.reserve(text.length * 3);
    const { bytes } = this;
    let at = this.length;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code > 127) {
        this.length = at + bytes.write(index === 0 ? text : text.slice(index), at);
        return;
      }
      bytes[at++] = code;
    }
    this.length = at;
  }

  /** Adds text that is in UTF-8 already. */
  utf8(text: Uint8Array): void {
    this.reserve(text.length);
    this.bytes.set(text, this.length);
    this.length += text.length;
  }

  /** Adds a number as JavaScript writes it, the shortest form that reads back the same; of zero the sign, too. */
  number(value: number): void {
    if (value === 0) return this.text(Object.is(value, -0) ? "-0" : "0");
    if (!(value > -MOST_EXACT && value < MOST_EXACT)) return this.text(String(value));
    if (Number.isInteger(value)) return this.#decimal(value, 0);
    for (let decimals = 1; decimals <= POWERS.length; decimals++) {
      const power = POWERS[decimals - 1] ?? 1;
      const scaled = Math.round(value * power);
      // Below a millionth JavaScript writes an exponent; beyond 15 digits the shortest form may have others.
      if (scaled / power === value && scaled > -MOST_EXACT && scaled < MOST_EXACT)
        return this.#decimal(scaled, decimals);
    }
    this.text(String(value));
  }

  /** Adds a whole number below 2^53, with zeros before it up to so many digits. */
  digits(value: number, least: number): void {
    this.reserve(20);
    this.length = writeDigits(this.bytes, this.length, value, least);
  }

  toString(from = 0, to = this.length): string {
    return this.bytes.toString("utf8", from, to);
  }

  /** Adds `scaled / 10^decimals`. */
  #decimal(scaled: number, decimals: number): void {
    this.reserve(24);
    const { bytes } = this;
    let left = scaled;
    if (left < 0) {
      bytes[this.length++] = MINUS;
      left = -left;
    }
    if (decimals === 0) {
      this.length = writeDigits(bytes, this.length, left, 1);
      return;
    }
    const power = POWERS[decimals - 1] ?? 1;
    const whole = Math.floor(left / power);
    const at = writeDigits(bytes, this.length, whole, 1);
    bytes[at] = DOT;
    this.length = writeDigits(bytes, at + 1, left - whole * power, decimals);
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.bytes.length));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}

/** Whole numbers are cut into parts of nine digits, with which the engine reckons as 32-bit integers. */
const PART = 1e9;

function writeDigits(bytes: Buffer, at: number, value: number, least: number): number {
  if (value >= PART) {
    const high = Math.floor(value / PART);
    return writePart(bytes, writeDigits(bytes, at, high, least - 9), value - high * PART, 9);
  }
  return writePart(bytes, at, value, least);
}

function writePart(bytes: Buffer, at: number, value: number, least: number): number {
  let left = value | 0;
  let count = 1;
  for (let power = 10; count < 9 && left >= power; power *= 10) count += 1;
  if (count < least) count = least;
  for (let index = at + count - 1; index >= at; index--) {
    const rest = (left / 10) | 0;
    bytes[index] = ZERO + left - rest * 10;
    left = rest;
  }
  return at + count;
}
