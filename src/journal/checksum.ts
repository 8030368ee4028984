import { crc32 } from "node:zlib";

/** Up to this many bytes the table below is faster than a call out of JavaScript (Node 24: 158 ns against 190 for 116 bytes). */
const SHORT = 160;
/** Eight tables of 256: "slicing by 8" (M. Kounavis and F. Berry, 2005) of the reflected polynomial 0xEDB88320. */
const TABLE = tables();

/**
 * CRC-32 as in zlib, gzip and Ethernet, of `bytes` from `start` to `end` (excluded).
 * @param seed the checksum of the bytes before, or 0
 */
export function checksum(bytes: Buffer, start: number, end: number, seed: number): number {
  return end - start > SHORT ? crc32(bytes.subarray(start, end), seed) : short(bytes, start, end, seed);
}

function short(bytes: Buffer, start: number, end: number, seed: number): number {
  let crc = ~seed;
  let at = start;
  for (const last = end - 8; at <= last; at += 8) {
    crc ^= (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
    crc =
      entry(1792 + (crc & 255)) ^
      entry(1536 + ((crc >>> 8) & 255)) ^
      entry(1280 + ((crc >>> 16) & 255)) ^
      entry(1024 + (crc >>> 24)) ^
      entry(768 + (bytes[at + 4] ?? 0)) ^
      entry(512 + (bytes[at + 5] ?? 0)) ^
      entry(256 + (bytes[at + 6] ?? 0)) ^
      entry(bytes[at + 7] ?? 0);
  }
  for (; at < end; at++) crc = entry((crc ^ (bytes[at] ?? 0)) & 255) ^ (crc >>> 8);
  return ~crc >>> 0;
}

function entry(at: number): number {
  return TABLE[at] ?? 0;
}

function tables(): Int32Array {
  const table = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    table[byte] = crc;
  }
  for (let at = 256; at < table.length; at++) {
    const before = table[at - 256] ?? 0;
    table[at] = (before >>> 8) ^ (table[before & 255] ?? 0);
  }
  return table;
}
