import type { Point } from "../model/index.ts";
import type { Processed, Rejection } from "./contract.ts";

/**
 * For processors that take points one by one.
 * @param step gives the new point, or, as a text, the reason why the point becomes a reject
 */
export function processEach(
  points: readonly Point[],
  step: (point: Point) => Point | string,
): readonly Point[] | Processed {
  const processed: Point[] = [];
  const rejected: (Rejection & { readonly point: Point })[] = [];
  for (const point of points) {
    const result = step(point);
    if (typeof result === "string") rejected.push({ reason: result, point });
    else processed.push(result);
  }
  return rejected.length === 0 ? processed : { points: processed, rejected };
}
