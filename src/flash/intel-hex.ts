/** A file that is no Intel HEX, or does not fit; the message begins with the number of the line. */
export class HexError extends Error {
  override readonly name = "HexError";
}

/** What a byte of flash is when nothing has been written to it. */
export const ERASED = 0xff;

const DATA = 0;
const END = 1;
const SEGMENT = 2;
const SEGMENT_START = 3;
const LINEAR = 4;
const LINEAR_START = 5;
/** Length, address and type stand before a record's data, its checksum behind. */
const HEAD = 4;

/**
 * Reads an Intel HEX file, as avr-objcopy and the Arduino IDE write it (Intel, "Hexadecimal Object File Format
 * Specification", revision A, 1988).
 * @param size how many bytes of flash a program may take
 * @returns the bytes from address 0 to the last one of the file; gaps are erased
 * @throws HexError
 */
export function parseHex(text: string, size: number): Uint8Array {
  const memory = new Uint8Array(size).fill(ERASED);
  let base = 0;
  let end = 0;
  let ended = false;
  for (const [index, written] of text.split(/\r?\n/).entries()) {
    const line = index + 1;
    const record = written.trim();
    if (record === "") continue;
    if (ended) throw new HexError(`${line}: there is more behind the end record`);
    const bytes = recordBytes(record, line);
    const type = bytes[HEAD - 1] as number;
    const payload = bytes.subarray(HEAD, -1);
    const address = bytes.readUInt16BE(1);
    if (type === DATA) {
      end = Math.max(end, place(memory, base + address, payload, line));
    } else if (type === END) ended = true;
    else if (type === SEGMENT) base = wordOf(payload, line) * 16;
    else if (type === LINEAR) base = wordOf(payload, line) * 0x1_0000;
    else if (type !== SEGMENT_START && type !== LINEAR_START)
      throw new HexError(`${line}: there is no record type ${type}`);
  }
  if (!ended) throw new HexError(`${text.split(/\r?\n/).length}: the end record is missing: the file is cut off`);
  if (end === 0) throw new HexError("1: the file holds no program");
  return memory.subarray(0, end);
}

/** The bytes of a record, whose length and checksum are right. */
function recordBytes(record: string, line: number): Buffer {
  if (!/^:([0-9a-f]{2})+$/i.test(record))
    throw new HexError(`${line}: expected a colon and pairs of hexadecimal digits, found ${quoted(record)}`);
  const bytes = Buffer.from(record.slice(1), "hex");
  if (bytes.length !== HEAD + (bytes[0] as number) + 1)
    throw new HexError(`${line}: the record says that it has ${bytes[0]} bytes, and has ${bytes.length - HEAD - 1}`);
  const sum = bytes.reduce((total, byte) => total + byte, 0) & 0xff;
  if (sum !== 0) throw new HexError(`${line}: the checksum is wrong: the file is damaged`);
  return bytes;
}

/** @returns where the bytes end */
function place(memory: Uint8Array, address: number, bytes: Uint8Array, line: number): number {
  const end = address + bytes.length;
  if (end > memory.length)
    throw new HexError(
      `${line}: address 0x${address.toString(16)} is outside the ${memory.length} bytes for a program: ` +
        "is the file for another chip, or does it hold a bootloader too?",
    );
  memory.set(bytes, address);
  return end;
}

function wordOf(payload: Buffer, line: number): number {
  if (payload.length !== 2) throw new HexError(`${line}: an address record has 2 bytes, this has ${payload.length}`);
  return payload.readUInt16BE(0);
}

function quoted(record: string): string {
  return JSON.stringify(record.length > 40 ? `${record.slice(0, 40)}...` : record);
}
