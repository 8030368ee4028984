import type { Rejection } from "./contract.ts";

const MAX_REJECTIONS = 100;

/** Rejections for what is wrong with one reading: a bounded number, the last of which counts the rest. */
export function rejectionsOf(reasons: readonly string[]): Rejection[] {
  const shown = reasons.slice(0, MAX_REJECTIONS).map((reason) => ({ reason }));
  if (reasons.length > MAX_REJECTIONS) shown.push({ reason: `${reasons.length - MAX_REJECTIONS} more like these` });
  return shown;
}
