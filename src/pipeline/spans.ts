/** Offsets from the first one on, up to the second one, which is not among them. */
export type Span = readonly [from: number, to: number];

/** A cursor keeps at most so many spans. */
const MOST_SPANS = 128;

/** The spans, which are in order and apart, with one more; spans that touch become one. */
export function withSpan(spans: readonly Span[], [from, to]: Span): readonly Span[] {
  if (from >= to) return spans;
  const touching = spans.filter(([start, end]) => start <= to && end >= from);
  const joined: Span = [Math.min(from, touching[0]?.[0] ?? from), Math.max(to, touching.at(-1)?.[1] ?? to)];
  return [...spans.filter(([, end]) => end < from), joined, ...spans.filter(([start]) => start > to)];
}

/** What lies between `from` and `to` and in none of the spans, in order. */
export function gapsOf(spans: readonly Span[], from: number, to: number): readonly Span[] {
  const gaps: Span[] = [];
  let at = from;
  for (const [start, end] of spans) {
    if (start > at && at < to) gaps.push([at, Math.min(start, to)]);
    at = Math.max(at, end);
  }
  if (at < to) gaps.push([at, to]);
  return gaps;
}

/** The span that an offset lies in. */
export function spanAt(spans: readonly Span[], offset: number): Span | undefined {
  return spans.find(([from, to]) => from <= offset && offset < to);
}

/** At most `most` spans: the smallest ones are given up, so that the gaps beside them become one. */
export function fewSpans(spans: readonly Span[], most = MOST_SPANS): readonly Span[] {
  if (spans.length <= most) return spans;
  const bySize = spans.toSorted(([from, to], [otherFrom, otherTo]) => otherTo - otherFrom - (to - from));
  const kept = new Set(bySize.slice(0, most));
  return spans.filter((span) => kept.has(span));
}
