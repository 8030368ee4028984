import { isUtf8 } from "node:buffer";

/** Bytes that no text has: control characters but tab, LF, CR and escape (colours), and what UTF-8 never uses. */
const NEVER_IN_TEXT = Uint8Array.from({ length: 256 }, (_, byte) =>
  (byte < 32 && ![9, 10, 13, 27].includes(byte)) || byte === 127 || byte === 0xc0 || byte === 0xc1 || byte > 0xf4
    ? 1
    : 0,
);

/** True when a byte is there that no text has; a part of a text may be asked about. */
export function hasNoise(bytes: Uint8Array): boolean {
  for (let index = 0; index < bytes.length; index++) if (NEVER_IN_TEXT[bytes[index] as number] === 1) return true;
  return false;
}

/** True for whole UTF-8 without control characters. */
export function isText(bytes: Uint8Array): boolean {
  return isUtf8(bytes) && !hasNoise(bytes);
}
