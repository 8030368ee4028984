/** One byte of type and flags, and at most four of length (MQTT section 2.2). */
const MAX_HEADER = 5;
const EMPTY = Buffer.alloc(0);

/** Bytes that are no MQTT packet, or none that a broker may send. */
export class MalformedPacket extends Error {
  override readonly name = "MalformedPacket";

  /** @param what is wrong, as a sentence without a full stop */
  constructor(what: string) {
    super(`the broker broke the protocol: ${what}`);
  }
}

/**
 * Takes one whole packet: `bytes` from `start`, where its first byte is, to `end`; what follows its length begins at
 * `body`. The bytes stay as they are.
 */
export type TakeFrame = (bytes: Buffer, start: number, body: number, end: number) => void;

/**
 * Finds packets in a stream of chunks, where they lie. Only a packet that crosses chunks is copied, once: into a buffer
 * of the length that its header names.
 */
export class FrameScanner {
  readonly #take: TakeFrame;
  readonly #limit: (firstByte: number) => number;
  /** A packet that an earlier chunk began, or the beginning of its header. */
  #part = EMPTY;
  #held = 0;
  /** What `#measure` found: bytes of the header and of the whole packet, 0 while the header is incomplete. */
  #header = 0;
  #length = 0;

  /** @param limit the longest packet, in bytes, that may begin with such a byte */
  constructor(take: TakeFrame, limit: (firstByte: number) => number) {
    this.#take = take;
    this.#limit = limit;
  }

  /** Takes the next bytes of the stream. @throws MalformedPacket, and whatever `take` throws */
  scan(chunk: Buffer): void {
    let at = this.#held === 0 ? 0 : this.#complete(chunk);
    while (at < chunk.length) {
      this.#measure(chunk, at, chunk.length);
      const end = at + this.#length;
      if (this.#length === 0 || end > chunk.length) return this.#keep(chunk, at);
      this.#take(chunk, at, at + this.#header, end);
      at = end;
    }
  }

  /** Goes on with the packet that an earlier chunk began; returns how many bytes of this chunk it took. */
  #complete(chunk: Buffer): number {
    let at = 0;
    while (this.#length === 0) {
      if (at === chunk.length) return at;
      this.#part[this.#held++] = chunk[at++] ?? 0;
      this.#measure(this.#part, 0, this.#held);
      if (this.#length !== 0) this.#keep(this.#part.subarray(0, this.#held), 0);
    }
    const taken = chunk.copy(this.#part, this.#held, at, at + this.#length - this.#held);
    this.#held += taken;
    if (this.#held === this.#length) {
      const whole = this.#part;
      this.#part = EMPTY;
      this.#held = 0;
      this.#take(whole, 0, this.#header, whole.length);
    }
    return at + taken;
  }

  /** Keeps the beginning of a packet, in a buffer with room for all of it. */
  #keep(bytes: Buffer, at: number): void {
    this.#part = Buffer.allocUnsafe(this.#length === 0 ? MAX_HEADER : this.#length);
    this.#held = bytes.copy(this.#part, 0, at);
  }

  /** Reads the fixed header at `at`. */
  #measure(bytes: Buffer, at: number, end: number): void {
    this.#length = 0;
    let remaining = 0;
    for (let index = 1; at + index < end; index++) {
      if (index === MAX_HEADER) throw new MalformedPacket("a packet's length has more than four bytes");
      const byte = bytes[at + index] ?? 0;
      remaining |= (byte & 127) << (7 * (index - 1));
      if (byte >= 128) continue;
      this.#header = index + 1;
      this.#length = this.#header + remaining;
      const firstByte = bytes[at] ?? 0;
      if (this.#length > this.#limit(firstByte))
        throw new MalformedPacket(`a packet of type ${firstByte >> 4} has ${this.#length} bytes: too many`);
      return;
    }
  }
}
