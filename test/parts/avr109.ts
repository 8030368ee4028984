/** The pages of an ATmega32U4, and its flash without the bootloader. */
const PAGE = 128;
const FLASH = 28_672;
const DONE = Buffer.from("\r");

/** How many bytes follow a command's first; what is not here has none. */
const LENGTHS: Readonly<Record<string, number>> = { A: 2, T: 1, B: 3, g: 3 };

/**
 * A bootloader that speaks AVR109 (Atmel AVR109, "Self Programming") and knows what Caterina, a Leonardo's, knows of it.
 * @returns its flash, and what takes what the host sends and answers it
 */
export function avr109Bootloader(): { readonly flash: Buffer; readonly take: (chunk: Buffer) => Buffer } {
  const flash = Buffer.alloc(FLASH, 0xff);
  let received = Buffer.alloc(0);
  let address = 0;
  const write = (bytes: Buffer) => {
    flash.fill(0xff, address, address + PAGE);
    bytes.copy(flash, address);
    address += bytes.length;
    return DONE;
  };
  const read = (length: number) => {
    address += length;
    return flash.subarray(address - length, address);
  };
  const answers: Readonly<Record<string, (words: Buffer) => Buffer>> = {
    S: () => Buffer.from("CATERIN"),
    V: () => Buffer.from("10"),
    p: () => Buffer.from("S"),
    a: () => Buffer.from("Y"),
    b: () => Buffer.of(0x59, PAGE >> 8, PAGE),
    t: () => Buffer.of(0x44, 0),
    s: () => Buffer.of(0x87, 0x95, 0x1e),
    A: (words) => {
      address = words.readUInt16BE(0) * 2;
      return DONE;
    },
    T: () => DONE,
    P: () => DONE,
    L: () => DONE,
    E: () => DONE,
    B: (words) => write(words.subarray(3)),
    g: (words) => read(words.readUInt16BE(0)),
  };
  const take = (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    const said: Buffer[] = [];
    for (let length = commandLength(received); received.length >= length; length = commandLength(received)) {
      const answer = answers[String.fromCharCode(received[0] ?? 0)] ?? (() => Buffer.from("?"));
      said.push(answer(received.subarray(1, length)));
      received = received.subarray(length);
    }
    return Buffer.concat(said);
  };
  return { flash, take };
}

/** Infinity while that cannot be said. */
function commandLength(received: Buffer): number {
  if (received.length === 0) return Infinity;
  const name = String.fromCharCode(received[0] ?? 0);
  const length = 1 + (LENGTHS[name] ?? 0);
  if (name !== "B") return length;
  return received.length < length ? Infinity : length + received.readUInt16BE(1);
}
