export const SYSEX = 0xf0;
export const DIGITAL = 0x90;
export const ANALOG = 0xe0;
export const REPORT_VERSION = 0xf9;
const END = 0xf7;
/** The longest that boards say is what the pins of a Mega can do, some 700 bytes. */
const MOST_BYTES = 4_096;

/**
 * Cuts what a board says into messages of Firmata and leaves out what is none. When a byte is lost, firmata-io takes the
 * first byte of the next message for the rest of a value: here that costs the message. Of a byte that has become another
 * one nothing can tell, since Firmata has no checksum.
 */
export class WholeMessages {
  #message: number[] = [];

  /** The messages that these bytes complete. */
  push(bytes: Uint8Array): number[][] {
    const whole: number[][] = [];
    for (const byte of bytes) {
      const [first] = this.#message;
      if (byte < 0x80) this.#add(byte);
      else if (byte === END && first === SYSEX) this.#message.push(byte);
      else this.#message = startsMessage(byte) ? [byte] : [];
      if (first !== SYSEX ? this.#message.length < 3 : byte !== END) continue;
      whole.push(this.#message);
      this.#message = [];
    }
    return whole;
  }

  #add(byte: number): void {
    if (this.#message.length === 0) return;
    if (this.#message.length < MOST_BYTES) this.#message.push(byte);
    else this.#message = [];
  }
}

/** Whether a byte begins a message that boards send. */
function startsMessage(byte: number): boolean {
  const kind = byte < SYSEX ? byte & 0xf0 : byte;
  return kind === SYSEX || kind === REPORT_VERSION || kind === ANALOG || kind === DIGITAL;
}
