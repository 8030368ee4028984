import { type Attributes, BytesMemo, decimalText } from "../model/index.ts";
import { checksum } from "./checksum.ts";
import type { Entry, MarkKind } from "./entry.ts";
import { FIRST_SKIPPED_KIND, FRAME_BYTES, HEAD_BYTES, KIND, MIN_RECORD_BYTES, readTime, readUint32 } from "./record.ts";
import { type Place, readText, readVarint, skipText } from "./varint.ts";

/** The input and the channel of a source. */
export interface Names {
  readonly input: string;
  readonly channel: string;
}

const MARKS: Readonly<Record<number, MarkKind>> = {
  [KIND.start]: "start",
  [KIND.stop]: "stop",
  [KIND.clock_step]: "clock_step",
  [KIND.tick]: "tick",
};

/** The texts of attributes are short and come again and again. */
const TEXTS = new BytesMemo((bytes, start, end) => bytes.toString("utf8", start, end), 1024, 32);
const ZERO = 48;

/** How long the whole record at `at` is. There must be one. */
export function recordLength(bytes: Buffer, at: number): number {
  return readUint32(bytes, at) + FRAME_BYTES;
}

/** How long the whole record at `at` says it is; 0 when no record says that. */
export function claimedLength(bytes: Buffer, at: number): number {
  if (bytes.length - at < MIN_RECORD_BYTES) return 0;
  const length = recordLength(bytes, at);
  return length < MIN_RECORD_BYTES || !isKind(bytes[at + 8] as number) ? 0 : length;
}

/** How long the whole record at `at` is; 0 when the bytes up to `end` hold no intact record there. */
export function intactLength(bytes: Buffer, at: number, end: number, seed: number): number {
  const length = claimedLength(bytes, at);
  if (length === 0 || length > end - at) return 0;
  return checksum(bytes, at + FRAME_BYTES, at + length, seed) === storedChecksum(bytes, at) ? length : 0;
}

/** Whether the record at `at` is an entry. */
export function hasOffset(bytes: Buffer, at: number): boolean {
  return (bytes[at + 8] as number) < FIRST_SKIPPED_KIND;
}

/** The offset of the record at `at` less its segment's first. */
export function indexOf(bytes: Buffer, at: number): number {
  return readUint32(bytes, at + 9);
}

/** The checksum that the record at `at` carries. */
export function storedChecksum(bytes: Buffer, at: number): number {
  return readUint32(bytes, at + 4);
}

/**
 * Decodes the intact record at `at`; the payload stays a view of `bytes`.
 * @param names of the segment's sources by id; a record that gives names adds them
 * @param named counts how often a source's names were given
 * @returns undefined when no record has given its source's names
 */
export function decodeEntry(
  bytes: Buffer,
  at: number,
  length: number,
  first: number,
  names: (Names | undefined)[],
  named?: number[],
): Entry | undefined {
  const kind = bytes[at + 8] as number;
  const offset = first + indexOf(bytes, at);
  const time = readTime(bytes, at + 13);
  const place: Place = { at: at + HEAD_BYTES };
  if (kind !== KIND.reading && kind !== KIND.namingReading)
    return { kind: MARKS[kind] as MarkKind, offset, time, attributes: decodeAttributes(bytes, place) };
  const id = readVarint(bytes, place);
  if (kind === KIND.namingReading) takeNames(bytes, place, id, names, named);
  const source = names[id];
  if (source === undefined) return undefined;
  const attributes = decodeAttributes(bytes, place);
  const payload = bytes.subarray(place.at, at + length);
  return { kind: "reading", input: source.input, channel: source.channel, payload, time, attributes, offset };
}

function takeNames(bytes: Buffer, place: Place, id: number, names: (Names | undefined)[], named?: number[]): void {
  if (names[id] === undefined) names[id] = { input: readText(bytes, place), channel: readText(bytes, place) };
  else {
    skipText(bytes, place);
    skipText(bytes, place);
  }
  if (named !== undefined) named[id] = (named[id] ?? 0) + 1;
}

function decodeAttributes(bytes: Buffer, place: Place): Attributes | undefined {
  const count = readVarint(bytes, place);
  if (count === 0) return undefined;
  const attributes: Record<string, string> = {};
  for (let left = count; left > 0; left--) {
    const key = readShortText(bytes, place);
    const value = readShortText(bytes, place);
    if (key === "__proto__") Object.defineProperty(attributes, key, { value, enumerable: true });
    else attributes[key] = value;
  }
  return attributes;
}

function readShortText(bytes: Buffer, place: Place): string {
  const start = skipText(bytes, place);
  const number = wholeNumber(bytes, start, place.at);
  return number < 0 ? TEXTS.of(bytes, start, place.at) : decimalText(number);
}

/** The number below 100,000 that so many digits are, written as decimalText would; else -1. */
function wholeNumber(bytes: Buffer, start: number, end: number): number {
  const length = end - start;
  if (length < 1 || length > 5 || (bytes[start] === ZERO && length > 1)) return -1;
  let number = 0;
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] as number) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    number = 10 * number + digit;
  }
  return number;
}

function isKind(kind: number): boolean {
  return kind === KIND.reading || kind === KIND.namingReading || kind >= FIRST_SKIPPED_KIND || kind in MARKS;
}
