import { crc32 } from "node:zlib";
import type { Timestamp } from "../model/index.ts";

/** docs/reference/journal-format.md gives the layout. */
export const HEADER_BYTES = 80;
export const FORMAT_VERSION = 1;

const MAGIC = Buffer.from("FLDLOG\r\n", "latin1");
const NO_SEGMENT = 0xffff_ffff_ffff_ffffn;
const CHECKSUM_AT = HEADER_BYTES - 4;

export interface SegmentHeader {
  readonly first: number;
  /** Milliseconds since 1970, by the wall clock. */
  readonly created: number;
  /** The end of the segment before: the anchor of the chain. */
  readonly previous: SegmentEnd | undefined;
  /** How many marks `clock_step` the journal held before this segment. */
  readonly clockSteps: number;
  /** The first moment that no reading before this segment occupies. */
  readonly nextTime: Timestamp;
  /**
   * How long the journal had been open in all when the segment was begun, in milliseconds. Undefined in a segment of a
   * version that neither counted this nor wrote footers.
   */
  readonly runningMs: number | undefined;
}

export interface SegmentEnd {
  readonly first: number;
  /** Its length in bytes. */
  readonly length: number;
  /** The checksum of its last entry's record, 0 when it has none. */
  readonly lastChecksum: number;
}

/** Set in headers since segments end with footers. */
const FOOTER_FLAG = 1;

/** Writes the header into the first bytes of `into`. */
export function encodeHeader(into: Buffer, header: SegmentHeader): void {
  into.fill(0, 0, HEADER_BYTES);
  MAGIC.copy(into);
  into.writeUInt16LE(FORMAT_VERSION, 8);
  into.writeUInt16LE(HEADER_BYTES, 10);
  into.writeUInt32LE(header.clockSteps, 12);
  into.writeBigUInt64LE(BigInt(header.first), 16);
  into.writeBigUInt64LE(BigInt(header.created), 24);
  into.writeBigUInt64LE(header.previous === undefined ? NO_SEGMENT : BigInt(header.previous.first), 32);
  into.writeBigUInt64LE(BigInt(header.previous?.length ?? 0), 40);
  into.writeUInt32LE(header.previous?.lastChecksum ?? 0, 48);
  into.writeUInt32LE(header.nextTime.nanos, 52);
  into.writeBigInt64LE(BigInt(header.nextTime.seconds), 56);
  if (header.runningMs !== undefined) {
    into.writeBigUInt64LE(BigInt(Math.floor(header.runningMs)), 64);
    into.writeUInt32LE(FOOTER_FLAG, 72);
  }
  into.writeUInt32LE(crc32(into.subarray(0, CHECKSUM_AT)), CHECKSUM_AT);
}

/**
 * Reads a header.
 * @returns undefined when its bytes are damaged or not all there
 * @throws Error when another version of the program wrote it; `file` is named in the message
 */
export function decodeHeader(bytes: Buffer, file: string): SegmentHeader | undefined {
  if (bytes.length < HEADER_BYTES || bytes.compare(MAGIC, 0, MAGIC.length, 0, MAGIC.length) !== 0) return undefined;
  if (crc32(bytes.subarray(0, CHECKSUM_AT)) !== bytes.readUInt32LE(CHECKSUM_AT)) return undefined;
  const version = bytes.readUInt16LE(8);
  if (version !== FORMAT_VERSION) {
    throw new Error(
      `${file} has journal format ${version}, and this fieldline reads format ${FORMAT_VERSION}: run the version of fieldline that wrote it, or give this one another data_dir`,
    );
  }
  const previousFirst = bytes.readBigUInt64LE(32);
  if (previousFirst !== NO_SEGMENT && previousFirst >= bytes.readBigUInt64LE(16)) return undefined;
  return {
    first: Number(bytes.readBigUInt64LE(16)),
    created: Number(bytes.readBigUInt64LE(24)),
    previous:
      previousFirst === NO_SEGMENT
        ? undefined
        : {
            first: Number(previousFirst),
            length: Number(bytes.readBigUInt64LE(40)),
            lastChecksum: bytes.readUInt32LE(48),
          },
    clockSteps: bytes.readUInt32LE(12),
    nextTime: { seconds: Number(bytes.readBigInt64LE(56)), nanos: bytes.readUInt32LE(52) },
    runningMs: (bytes.readUInt32LE(72) & FOOTER_FLAG) === 0 ? undefined : Number(bytes.readBigUInt64LE(64)),
  };
}
