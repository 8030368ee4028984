import { join } from "node:path";
import { crc32 } from "node:zlib";

/** One segment file as far as it is durable. */
export interface Segment {
  /** The offset of its first entry, and its name. */
  readonly first: number;
  readonly path: string;
  /** When it was begun, by the wall clock, in milliseconds; undefined when its header is damaged. */
  readonly created: number | undefined;
  /** How long the journal had been open in all when it was begun, in milliseconds; undefined when nobody noted it. */
  readonly runningMs: number | undefined;
  /** How many bytes of it are durable. */
  length: number;
}

const NAME = /^(\d{20})\.segment$/;

export function segmentName(first: number): string {
  return `${String(first).padStart(20, "0")}.segment`;
}

export function segmentPath(directory: string, first: number): string {
  return join(directory, segmentName(first));
}

/** The first offset that a file's name says; undefined when it is no segment's name. */
export function firstOfName(name: string): number | undefined {
  const digits = NAME.exec(name)?.[1];
  const first = Number(digits);
  return digits !== undefined && Number.isSafeInteger(first) ? first : undefined;
}

/**
 * What the checksums of a segment's records start from. It ties a record to its segment: a copy of another segment's
 * bytes, in a payload for instance, is not taken for records of this one.
 */
export function segmentSeed(first: number): number {
  return crc32(segmentName(first));
}
