/** First bytes of the packets that answer a PUBLISH or a PUBREL (MQTT sections 3.4 to 3.7). */
export const PUBACK = 0x40;
export const PUBREC = 0x50;
export const PUBCOMP = 0x70;

/** A packet's first byte and the packet id that it names. */
export interface Ack {
  readonly type: typeof PUBACK | typeof PUBREC | typeof PUBCOMP;
  readonly packetId: number;
}

interface Held {
  readonly acks: readonly Ack[];
  released: boolean;
}

/**
 * Acknowledgements that wait until what they acknowledge is durable. They leave in the order of arrival
 * (MQTT section 4.6), those that may leave at the same time in one write.
 */
export class HeldAcks {
  readonly #write: (bytes: Buffer, acks: readonly Ack[]) => void;
  readonly #queue: Held[] = [];
  #scheduled = false;

  /** @param write takes whole packets and what they say */
  constructor(write: (bytes: Buffer, acks: readonly Ack[]) => void) {
    this.#write = write;
  }

  /** Holds a group back; the function that it returns lets it go. */
  hold(acks: readonly Ack[]): () => void {
    const held: Held = { acks, released: false };
    this.#queue.push(held);
    return () => {
      held.released = true;
      if (this.#scheduled) return;
      this.#scheduled = true;
      // One sync makes many groups durable: their promises resolve before this runs.
      process.nextTick(() => this.flush());
    };
  }

  /** Writes what may leave. */
  flush(): void {
    this.#scheduled = false;
    const waiting = this.#queue.findIndex((held) => !held.released);
    const leaving = this.#queue.splice(0, waiting === -1 ? this.#queue.length : waiting);
    const acks = leaving.flatMap((held) => held.acks);
    if (acks.length === 0) return;
    const bytes = Buffer.allocUnsafe(4 * acks.length);
    let at = 0;
    for (const { type, packetId } of acks) {
      bytes[at] = type;
      bytes[at + 1] = 2;
      at = bytes.writeUInt16BE(packetId, at + 2);
    }
    this.#write(bytes, acks);
  }
}
