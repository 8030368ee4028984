import type { Point } from "../point.ts";
import type { Precision } from "../timestamp.ts";

export interface EncodeOptions {
  /** The unit of the timestamp; finer parts are cut off. */
  readonly precision?: Precision;
  /** `u` writes unsigned integers as `1u`; `auto` as `1i` where that fits, for stores that refuse `u`. */
  readonly unsigned?: "u" | "auto";
}

export declare function encodeLine(point: Point, options?: EncodeOptions): string;
