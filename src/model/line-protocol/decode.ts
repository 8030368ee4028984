import type { Fields, Tags } from "../point.ts";
import type { Precision, Timestamp } from "../timestamp.ts";

/** One good line. */
export interface DecodedLine {
  readonly measurement: string;
  readonly tags: Tags;
  readonly fields: Fields;
  readonly time: Timestamp | undefined;
}

/** One bad line; line and column count from 1, columns in characters. */
export interface LineError {
  readonly line: number;
  readonly column: number;
  readonly reason: string;
}

export declare function decodeLines(
  payload: Uint8Array | string,
  precision?: Precision,
): { lines: readonly DecodedLine[]; errors: readonly LineError[] };
