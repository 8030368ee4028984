/** CRC-16/IBM-SDLC (X.25, RFC 1662), one byte a step: polynomial 0x1021, reflected. */
const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x8408 : crc >>> 1;
  return crc;
});
const FIRST_CHARACTER = 0x40;

export const CHECKSUM_LENGTH = 4;

/** The checksum of some bytes as the wire has it: four characters from `@` to `O`, the highest four bits first. */
export function checksumText(bytes: Uint8Array): string {
  let crc = 0xffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (TABLE[(crc ^ byte) & 0xff] as number);
  const sum = ~crc;
  return String.fromCharCode(...[12, 8, 4, 0].map((shift) => FIRST_CHARACTER | ((sum >>> shift) & 0x0f)));
}
