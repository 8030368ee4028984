import type { Point } from "../model/index.ts";

/** A point on its way to a sink, with its text as the sink takes it. */
export interface Item {
  readonly point: Point;
  readonly text: string;
  /** The text's length in UTF-8. */
  readonly bytes: number;
}

/** A point that the sink will never take, and why in the sink's words. */
export interface Refusal {
  readonly item: Item;
  readonly reason: string;
}
