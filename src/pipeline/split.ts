import type { Item } from "./item.ts";

/** Cuts items, in order, into runs of at most so many points and bytes; an item above the bytes is a run of its own. */
export function cut(items: readonly Item[], maxPoints: number, maxBytes: number): readonly (readonly Item[])[] {
  const runs: Item[][] = [];
  let run: Item[] = [];
  let bytes = 0;
  for (const item of items) {
    if (run.length > 0 && (run.length >= maxPoints || bytes + item.line.length > maxBytes)) {
      runs.push(run);
      run = [];
      bytes = 0;
    }
    run.push(item);
    bytes += item.line.length;
  }
  return run.length === 0 ? runs : [...runs, run];
}

/** Two halves by number. */
export function halves(items: readonly Item[]): [readonly Item[], readonly Item[]] {
  const middle = Math.ceil(items.length / 2);
  return [items.slice(0, middle), items.slice(middle)];
}

/**
 * Two parts of which a sink is likely to take one: a refusal mostly hits one measurement or one series, so these stay
 * together as long as there is more than one of them. In line protocol they are what a text begins with; in another
 * form this cuts anywhere, which costs only time.
 */
export function partByKinship(items: readonly Item[]): [readonly Item[], readonly Item[]] {
  return partBy(items, measurementOf) ?? partBy(items, seriesOf) ?? halves(items);
}

function measurementOf(item: Item): string {
  return seriesOf(item).split(",", 1)[0] ?? "";
}

function seriesOf({ line }: Item): string {
  return line.toString().split(" ", 1)[0] ?? "";
}

function partBy(items: readonly Item[], keyOf: (item: Item) => string): [readonly Item[], readonly Item[]] | undefined {
  const keys = new Set(items.map(keyOf));
  if (keys.size < 2) return undefined;
  const first = new Set([...keys].slice(0, Math.ceil(keys.size / 2)));
  return [items.filter((item) => first.has(keyOf(item))), items.filter((item) => !first.has(keyOf(item)))];
}
