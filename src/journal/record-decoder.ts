import type { Attributes } from "../model/index.ts";
import { checksum } from "./checksum.ts";
import type { Entry, MarkKind } from "./entry.ts";
import { FIRST_SKIPPED_KIND, FRAME_BYTES, HEAD_BYTES, KIND, MIN_RECORD_BYTES, readTime } from "./record.ts";
import { type Place, readText, readVarint } from "./varint.ts";

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

/** How long the whole record at `at` says it is; 0 when no record says that. */
export function claimedLength(bytes: Buffer, at: number): number {
  if (bytes.length - at < MIN_RECORD_BYTES) return 0;
  const length = bytes.readUInt32LE(at) + FRAME_BYTES;
  return length < MIN_RECORD_BYTES || !isKind(bytes.readUInt8(at + 8)) ? 0 : length;
}

/** How long the whole record at `at` is; 0 when the bytes up to `end` hold no intact record there. */
export function intactLength(bytes: Buffer, at: number, end: number, seed: number): number {
  const length = claimedLength(bytes, at);
  if (length === 0 || length > end - at) return 0;
  return checksum(bytes, at + FRAME_BYTES, at + length, seed) === bytes.readUInt32LE(at + 4) ? length : 0;
}

export function hasOffset(bytes: Buffer, at: number): boolean {
  return bytes.readUInt8(at + 8) < FIRST_SKIPPED_KIND;
}

/** The offset of the record at `at` less its segment's first. */
export function indexOf(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at + 9);
}

/** The checksum that the record at `at` carries. */
export function storedChecksum(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at + 4);
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
  const kind = bytes.readUInt8(at + 8);
  const offset = first + bytes.readUInt32LE(at + 9);
  const time = readTime(bytes, at + 13);
  const place: Place = { at: at + HEAD_BYTES };
  const mark = MARKS[kind];
  if (mark !== undefined) return { kind: mark, offset, time, attributes: decodeAttributes(bytes, place) };
  const id = readVarint(bytes, place);
  if (kind === KIND.namingReading) {
    const given = { input: readText(bytes, place), channel: readText(bytes, place) };
    names[id] ??= given;
    if (named !== undefined) named[id] = (named[id] ?? 0) + 1;
  }
  const source = names[id];
  if (source === undefined) return undefined;
  const attributes = decodeAttributes(bytes, place);
  const payload = bytes.subarray(place.at, at + length);
  return { kind: "reading", input: source.input, channel: source.channel, payload, time, attributes, offset };
}

function decodeAttributes(bytes: Buffer, place: Place): Attributes | undefined {
  const count = readVarint(bytes, place);
  if (count === 0) return undefined;
  const attributes: Record<string, string> = {};
  for (let left = count; left > 0; left--) {
    const key = readText(bytes, place);
    const value = readText(bytes, place);
    if (key === "__proto__") Object.defineProperty(attributes, key, { value, enumerable: true });
    else attributes[key] = value;
  }
  return attributes;
}

function isKind(kind: number): boolean {
  return kind === KIND.reading || kind === KIND.namingReading || kind >= FIRST_SKIPPED_KIND || kind in MARKS;
}
