/** First bytes of the packets that answer a PUBLISH or a PUBREL (MQTT sections 3.4 to 3.7). */
export const PUBACK = 0x40;
export const PUBREC = 0x50;
export const PUBCOMP = 0x70;

/** A first byte, the length of what follows, and the packet id. */
const PACKET_BYTES = 4;
const FIRST_BYTES = 16 * PACKET_BYTES;

/** Acknowledgements, as the packets that they are. */
export class Acks {
  #bytes = Buffer.alloc(0);
  #filled = 0;

  /** How many there are. */
  get count(): number {
    return this.#filled / PACKET_BYTES;
  }

  /** The packets, one after the other. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#filled);
  }

  add(type: typeof PUBACK | typeof PUBREC | typeof PUBCOMP, packetId: number): void {
    if (this.#filled === this.#bytes.length) this.#grow();
    const bytes = this.#bytes;
    const at = this.#filled;
    bytes[at] = type;
    bytes[at + 1] = 2;
    bytes[at + 2] = packetId >>> 8;
    bytes[at + 3] = packetId;
    this.#filled = at + PACKET_BYTES;
  }

  #grow(): void {
    const larger = Buffer.allocUnsafe(Math.max(FIRST_BYTES, 2 * this.#bytes.length));
    this.#bytes.copy(larger);
    this.#bytes = larger;
  }
}

/** The packet ids of acknowledgements, in their order. */
export function* packetIdsOf(acks: Buffer): Generator<number> {
  for (let at = 2; at < acks.length; at += PACKET_BYTES) yield acks.readUInt16BE(at);
}
