import type { Timestamp } from "../model/index.ts";
import type { OpenFile } from "./files.ts";
import { encodeFrame, encodeHead, FRAME_BYTES, HEAD_BYTES, KIND, readTime, writeTime } from "./record.ts";
import { intactLength } from "./record-decoder.ts";
import type { SegmentContents } from "./segment-contents.ts";
import { HEADER_BYTES } from "./segment-header.ts";
import { segmentSeed } from "./segment.ts";
import { type Place, readText, readVarint, writeText, writeVarint } from "./varint.ts";

export const HASH_BYTES = 32;
/** Inputs listed by name, and the bytes that a name may have; readings of others are in the sum alone. */
const MOST_INPUTS = 100;
const MOST_NAME_BYTES = 255;

/** Places in the record; docs/reference/journal-format.md gives the layout. */
const AT = { flags: HEAD_BYTES, first: 23, next: 31, readings: 39, marks: 43, earliest: 47, before: 56, original: 88 };
const INPUTS_AT = AT.original + HASH_BYTES;
const LENGTH_BYTES = 4;
const FLAG = { before: 1, recovered: 2, repaired: 4 };
const LARGEST_INDEX = 0xffff_ffff;
const NO_TIME: Timestamp = { seconds: 0, nanos: 0 };

/** The last record of a segment that was ended: what it holds. */
export interface Footer {
  readonly first: number;
  /** The offset after the last that it holds, or that what a power cut left at its end may have held. */
  readonly next: number;
  readonly readings: number;
  readonly marks: number;
  /** The range of receive times; undefined when it holds no entry. */
  readonly earliest: Timestamp | undefined;
  readonly latest: Timestamp | undefined;
  /** Readings by input, the first 100 inputs. */
  readonly inputs: ReadonlyMap<string, number>;
  /** SHA-256 of the file of the segment before; undefined when there is none or it could not be read. */
  readonly hashBefore: Buffer | undefined;
  /** It was ended by a start after it was found damaged or torn: what cannot be read in it was told then. */
  readonly recovered: boolean;
  /** It was written by a repair, in place of a segment whose file had `originalHash` as the next footer says it. */
  readonly repaired: boolean;
  readonly originalHash: Buffer | undefined;
}

/** What a footer says besides its segment's contents. */
export interface FooterEnd {
  readonly first: number;
  readonly next: number;
  readonly recovered?: boolean;
  readonly repaired?: boolean;
  readonly originalHash?: Buffer | undefined;
}

/** The most bytes that the footer of a segment with readings of these inputs takes. */
export function footerBound(inputs: Iterable<string>): number {
  let bound = INPUTS_AT + 5 + LENGTH_BYTES;
  let left = MOST_INPUTS;
  for (const input of inputs) {
    if (left-- === 0) break;
    bound += Math.min(MOST_NAME_BYTES, input.length * 3) + 10;
  }
  return bound;
}

/** A segment's footer without the hash of the segment before, which `completeFooter` adds. */
export function encodeFooter(contents: SegmentContents, end: FooterEnd): Buffer {
  const inputs = listed(contents);
  const into = Buffer.alloc(footerBound(inputs.map(([name]) => name)));
  const { first, next, recovered = false, repaired = false, originalHash } = end;
  encodeHead(into, 0, KIND.footer, Math.min(next - first, LARGEST_INDEX), contents.latest ?? NO_TIME);
  into[AT.flags] = (recovered ? FLAG.recovered : 0) | (repaired ? FLAG.repaired : 0);
  into.writeBigUInt64LE(BigInt(first), AT.first);
  into.writeBigUInt64LE(BigInt(next), AT.next);
  into.writeUInt32LE(contents.readings, AT.readings);
  into.writeUInt32LE(contents.marks, AT.marks);
  writeTime(into, AT.earliest, contents.earliest ?? NO_TIME);
  originalHash?.copy(into, AT.original);
  let at = writeVarint(into, INPUTS_AT, inputs.length);
  for (const [name, readings] of inputs) at = writeVarint(into, writeText(into, at, name), readings);
  into.writeUInt32LE(at + LENGTH_BYTES, at);
  encodeFrame(into, 0, at + LENGTH_BYTES, segmentSeed(first));
  return into.subarray(0, at + LENGTH_BYTES);
}

/** Puts in the hash of the segment before, and the checksum anew. */
export function completeFooter(footer: Buffer, first: number, hashBefore: Buffer | undefined): void {
  if (hashBefore !== undefined) {
    footer.writeUInt8(footer.readUInt8(AT.flags) | FLAG.before, AT.flags);
    hashBefore.copy(footer, AT.before);
  }
  encodeFrame(footer, 0, footer.length, segmentSeed(first));
}

/** Decodes the intact footer at `at`. */
export function decodeFooter(bytes: Buffer, at: number): Footer {
  const flags = bytes.readUInt8(at + AT.flags);
  const readings = bytes.readUInt32LE(at + AT.readings);
  const marks = bytes.readUInt32LE(at + AT.marks);
  const empty = readings + marks === 0;
  const hash = (from: number) => Buffer.from(bytes.subarray(at + from, at + from + HASH_BYTES));
  const place: Place = { at: at + INPUTS_AT };
  const inputs = new Map<string, number>();
  for (let left = readVarint(bytes, place); left > 0; left--)
    inputs.set(readText(bytes, place), readVarint(bytes, place));
  const original = hash(AT.original);
  return {
    first: Number(bytes.readBigUInt64LE(at + AT.first)),
    next: Number(bytes.readBigUInt64LE(at + AT.next)),
    readings,
    marks,
    earliest: empty ? undefined : readTime(bytes, at + AT.earliest),
    latest: empty ? undefined : readTime(bytes, at + 13),
    inputs,
    hashBefore: (flags & FLAG.before) === 0 ? undefined : hash(AT.before),
    recovered: (flags & FLAG.recovered) !== 0,
    repaired: (flags & FLAG.repaired) !== 0,
    originalHash: original.every((byte) => byte === 0) ? undefined : original,
  };
}

export function isFooter(bytes: Buffer, at: number): boolean {
  return (
    bytes.readUInt8(at + 8) === KIND.footer && bytes.readUInt32LE(at) + FRAME_BYTES >= INPUTS_AT + 1 + LENGTH_BYTES
  );
}

/** The footer with which a segment's file ends at `length`; undefined when it does not end with an intact one. */
export async function readFooter(file: OpenFile, first: number, length: number): Promise<Footer | undefined> {
  const end = Buffer.alloc(LENGTH_BYTES);
  if (length < HEADER_BYTES + INPUTS_AT || (await file.read(end, length - LENGTH_BYTES)) < LENGTH_BYTES)
    return undefined;
  const size = end.readUInt32LE();
  const most = INPUTS_AT + 5 + MOST_INPUTS * (MOST_NAME_BYTES + 10) + LENGTH_BYTES;
  if (size <= INPUTS_AT || size > most || size > length - HEADER_BYTES) return undefined;
  const bytes = Buffer.alloc(size);
  if ((await file.read(bytes, length - size)) < size) return undefined;
  const intact = intactLength(bytes, 0, size, segmentSeed(first)) === size && isFooter(bytes, 0);
  return intact ? decodeFooter(bytes, 0) : undefined;
}

function listed(contents: SegmentContents): [string, number][] {
  return [...contents.inputs].filter(([name]) => Buffer.byteLength(name) <= MOST_NAME_BYTES).slice(0, MOST_INPUTS);
}
