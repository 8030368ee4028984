import type { Acks } from "./acks.ts";

interface Held {
  readonly acks: Acks;
  released: boolean;
}

/**
 * Acknowledgements that wait until what they acknowledge is durable. They leave in the order of arrival
 * (MQTT section 4.6), those that may leave at the same time in one write.
 */
export class HeldAcks {
  readonly #write: (acks: Buffer) => void;
  readonly #queue: Held[] = [];
  #scheduled = false;

  /** @param write takes whole packets */
  constructor(write: (acks: Buffer) => void) {
    this.#write = write;
  }

  /** Holds a group back; the function that it returns lets it go. */
  hold(acks: Acks): () => void {
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
    const packets = leaving.flatMap(({ acks }) => (acks.count === 0 ? [] : [acks.bytes]));
    const [first] = packets;
    if (first !== undefined) this.#write(packets.length === 1 ? first : Buffer.concat(packets));
  }
}
