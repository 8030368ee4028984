import type { Arrival, Attributes, Timestamp } from "../model/index.ts";
import { checksum } from "./checksum.ts";
import type { MarkKind } from "./entry.ts";
import { textBound, writeText, writeVarint } from "./varint.ts";

/** docs/reference/journal-format.md gives the layout. */
export const KIND = {
  reading: 1,
  namingReading: 2,
  start: 16,
  stop: 17,
  clock_step: 18,
  tick: 19,
  footer: 128,
} as const;
/** Kinds from here on say something of the segment, have no offset, and are skipped by who does not know them. */
export const FIRST_SKIPPED_KIND = 128;
/** Length and checksum. */
export const FRAME_BYTES = 8;
/** Frame, kind, index and time. */
export const HEAD_BYTES = 22;
/** A mark without attributes. */
export const MIN_RECORD_BYTES = HEAD_BYTES + 1;

/** Where readings come from, numbered within a segment. */
export interface Source {
  readonly id: number;
  /** The index of its first record. */
  readonly since: number;
  /** How many records of the segment give its names. */
  named: number;
}

/** The names are given twice, so that no one damaged record makes others unreadable. */
const NAMED_RECORDS = 2;
/** And once more so many entries on: no block of a disk, 4 KiB, reaches from there to the first. */
const NAMED_AGAIN_AFTER = 256;

/** The most bytes that a reading's record takes. */
export function readingBound(input: string, arrival: Arrival): number {
  const names = textBound(input) + textBound(arrival.channel);
  return HEAD_BYTES + 5 + names + attributesBound(arrival.attributes) + arrival.payload.length;
}

/** The most bytes that a mark's record takes. */
export function markBound(attributes: Attributes | undefined): number {
  return HEAD_BYTES + attributesBound(attributes);
}

/**
 * Writes a reading's record at `at`; there must be room for its bound.
 * @param index its offset less the segment's first
 * @returns where it ends
 */
export function encodeReading(
  into: Buffer,
  at: number,
  index: number,
  seed: number,
  source: Source,
  input: string,
  arrival: Arrival,
): number {
  const { named, since } = source;
  const naming = named < NAMED_RECORDS || (named === NAMED_RECORDS && index - since >= NAMED_AGAIN_AFTER);
  encodeHead(into, at, naming ? KIND.namingReading : KIND.reading, index, arrival.time);
  let end = writeVarint(into, at + HEAD_BYTES, source.id);
  if (naming) {
    end = writeText(into, writeText(into, end, input), arrival.channel);
    source.named += 1;
  }
  end = encodeAttributes(into, end, arrival.attributes);
  into.set(arrival.payload, end);
  return encodeFrame(into, at, end + arrival.payload.length, seed);
}

/** Writes a mark's record, as encodeReading does. */
export function encodeMark(
  into: Buffer,
  at: number,
  index: number,
  seed: number,
  kind: MarkKind,
  time: Timestamp,
  attributes: Attributes | undefined,
): number {
  encodeHead(into, at, KIND[kind], index, time);
  return encodeFrame(into, at, encodeAttributes(into, at + HEAD_BYTES, attributes), seed);
}

/** Writes a record's kind, index and time. */
export function encodeHead(into: Buffer, at: number, kind: number, index: number, time: Timestamp): void {
  into[at + 8] = kind;
  writeUint32(into, at + 9, index);
  writeTime(into, at + 13, time);
}

/** Writes a moment into nine bytes. */
export function writeTime(into: Buffer, at: number, time: Timestamp): void {
  writeUint32(into, at, time.seconds);
  into[at + 4] = Math.floor(time.seconds / 0x1_0000_0000);
  writeUint32(into, at + 5, time.nanos);
}

/** Reads what writeTime wrote. */
export function readTime(bytes: Buffer, at: number): Timestamp {
  const high = ((bytes[at + 4] as number) << 24) >> 24;
  return { seconds: readUint32(bytes, at) + high * 0x1_0000_0000, nanos: readUint32(bytes, at + 5) };
}

/** Reads what writeUint32 wrote; there must be four bytes. Buffer's checked methods cost several times as much. */
export function readUint32(bytes: Buffer, at: number): number {
  return (
    ((bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)) >>>
    0
  );
}

function encodeAttributes(into: Buffer, at: number, attributes: Attributes | undefined): number {
  if (attributes === undefined) {
    into[at] = 0;
    return at + 1;
  }
  const keys = Object.keys(attributes);
  let end = writeVarint(into, at, keys.length);
  for (const key of keys) end = writeText(into, writeText(into, end, key), attributes[key] ?? "");
  return end;
}

function attributesBound(attributes: Attributes | undefined): number {
  if (attributes === undefined) return 1;
  let bound = 5;
  for (const key in attributes) bound += textBound(key) + textBound(attributes[key] ?? "");
  return bound;
}

/** Writes a record's length and checksum; what is between them and `end` is there. Returns `end`. */
export function encodeFrame(into: Buffer, at: number, end: number, seed: number): number {
  writeUint32(into, at, end - at - FRAME_BYTES);
  writeUint32(into, at + 4, checksum(into, at + FRAME_BYTES, end, seed));
  return end;
}

/** Four stores by hand cost a fifth of Buffer's checked method. */
function writeUint32(into: Buffer, at: number, value: number): void {
  into[at] = value;
  into[at + 1] = value >>> 8;
  into[at + 2] = value >>> 16;
  into[at + 3] = value >>> 24;
}
