/** Offsets from the first to the last, both of them included. */
export type OffsetRange = readonly [first: number, last: number];

/** Beyond so many ranges those that lie next to each other become one, with what is between them. */
const MOST_RANGES = 256;

/** The ranges, which are in order and apart, with one more offset. */
export function withOffset(ranges: readonly OffsetRange[], offset: number): readonly OffsetRange[] {
  const index = ranges.findLastIndex(([first]) => first <= offset);
  const before = ranges[index];
  if (before !== undefined && offset <= before[1]) return ranges;
  const after = ranges[index + 1];
  const lower = before?.[1] === offset - 1 ? before : undefined;
  const upper = after?.[0] === offset + 1 ? after : undefined;
  const made: OffsetRange = [lower?.[0] ?? offset, upper?.[1] ?? offset];
  const replaced = (lower === undefined ? 0 : 1) + (upper === undefined ? 0 : 1);
  const more = ranges.toSpliced(lower === undefined ? index + 1 : index, replaced, made);
  return more.length > MOST_RANGES ? withoutSmallestGap(more) : more;
}

/** Whether an offset lies in one of the ranges. */
export function includesOffset(ranges: readonly OffsetRange[], offset: number): boolean {
  return ranges.some(([first, last]) => first <= offset && offset <= last);
}

function withoutSmallestGap(ranges: readonly OffsetRange[]): readonly OffsetRange[] {
  const gaps = ranges.slice(1).map(([first], index) => first - (ranges[index]?.[1] ?? first));
  const at = gaps.indexOf(Math.min(...gaps));
  const [lower, upper] = ranges.slice(at, at + 2);
  return lower === undefined || upper === undefined ? ranges : ranges.toSpliced(at, 2, [lower[0], upper[1]]);
}
