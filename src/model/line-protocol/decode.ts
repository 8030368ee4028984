import { isUtf8 } from "node:buffer";
import type { Precision } from "../timestamp.ts";
import { type DecodedLine, type LineError, parseLines } from "./parse.ts";

export type { DecodedLine, LineError } from "./parse.ts";

export interface DecodedLines {
  readonly lines: readonly DecodedLine[];
  readonly errors: readonly LineError[];
}

const NEWLINE = 10;

/**
 * Reads line protocol: good lines, and an error for each bad one. Comments, blank lines and CRLF are fine.
 * A backslash before anything but what it can escape stands for itself. Of a field named twice the last one holds,
 * as in the stores. Never throws; takes time in proportion to the payload.
 */
export function decodeLines(payload: Uint8Array | string, precision: Precision = "ns"): DecodedLines {
  const lines: DecodedLine[] = [];
  const errors: LineError[] = [];
  if (typeof payload === "string") parseLines(Buffer.from(payload), precision, 1, lines, errors);
  else if (isUtf8(payload)) parseLines(bufferOf(payload), precision, 1, lines, errors);
  else decodeAroundDamage(bufferOf(payload), precision, lines, errors);
  return { lines, errors };
}

/** Reads what stands between the lines that are not UTF-8; no quoted string goes on across such a line. */
function decodeAroundDamage(bytes: Buffer, precision: Precision, lines: DecodedLine[], errors: LineError[]): void {
  let line = 1;
  let goodFrom = 0;
  let goodLine = 1;
  for (let start = 0; start < bytes.length; line++) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline + 1;
    const current = bytes.subarray(start, end);
    if (!isUtf8(current)) {
      parseLines(bytes.subarray(goodFrom, start), precision, goodLine, lines, errors);
      errors.push({ line, column: damagedColumn(current), reason: "these bytes are not UTF-8" });
      goodFrom = end;
      goodLine = line + 1;
    }
    start = end;
  }
  parseLines(bytes.subarray(goodFrom), precision, goodLine, lines, errors);
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** The column of the first bytes that are no character: the first U+FFFD of the text that does not stand in the bytes. */
function damagedColumn(bytes: Buffer): number {
  let byte = 0;
  let column = 1;
  for (const character of bytes.toString()) {
    if (character === "\uFFFD" && !(bytes[byte] === 0xef && bytes[byte + 1] === 0xbf && bytes[byte + 2] === 0xbd))
      break;
    byte += Buffer.byteLength(character);
    column += 1;
  }
  return column;
}
