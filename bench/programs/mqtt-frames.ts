const EMPTY = Buffer.alloc(0);

/** Takes one whole packet: from `start`, with what follows its length from `body`, to `end`. */
export type TakeFrame = (bytes: Buffer, start: number, body: number, end: number) => void;

/** Cuts a stream of chunks into MQTT packets, where they lie; what is not whole waits for the next chunk. */
export class Frames {
  readonly #take: TakeFrame;
  #rest = EMPTY;

  constructor(take: TakeFrame) {
    this.#take = take;
  }

  push(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let start = 0;
    for (;;) {
      let length = 0;
      let body = start + 1;
      for (let shift = 0; ; shift += 7) {
        const byte = bytes[body++];
        if (byte === undefined) return this.#keep(bytes, start);
        length |= (byte & 127) << shift;
        if (byte < 128) break;
      }
      const end = body + length;
      if (end > bytes.length) return this.#keep(bytes, start);
      this.#take(bytes, start, body, end);
      start = end;
    }
  }

  /** As a copy: the chunk would stay in memory otherwise, and a reader may use its buffer again. */
  #keep(bytes: Buffer, start: number): void {
    this.#rest = start === bytes.length ? EMPTY : Buffer.from(bytes.subarray(start));
  }
}

/** The packet types of MQTT, as the upper half of the first byte. */
export const TYPE = {
  connect: 1,
  connack: 2,
  publish: 3,
  puback: 4,
  subscribe: 8,
  unsubscribe: 10,
  pingreq: 12,
} as const;

/** A packet of its first byte and its parts, shorter than 16 KiB. */
export function packet(firstByte: number, ...parts: readonly (Buffer | readonly number[])[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const length = body.length < 128 ? [body.length] : [(body.length & 127) | 128, body.length >> 7];
  return Buffer.concat([Buffer.from([firstByte, ...length]), body]);
}

/** Text as MQTT writes it: two bytes of length, then UTF-8. */
export function mqttText(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
}
