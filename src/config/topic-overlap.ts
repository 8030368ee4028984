/**
 * What two MQTT topic filters both match, as a filter; undefined when there is no such topic (MQTT 5.0, 4.7): `+` is
 * one level, `#` the rest and the level above it, and neither matches a first level that begins with `$`. A level may
 * also have a `+` within, such as `sensor-+`.
 */
export function overlapOf(a: string, b: string): string | undefined {
  const [x, y] = [a.split("/"), b.split("/")];
  if (startsWild(x) !== startsWild(y) && (x[0]?.startsWith("$") === true || y[0]?.startsWith("$") === true))
    return undefined;
  const levels: string[] = [];
  for (let at = 0; at < Math.max(x.length, y.length); at++) {
    const [p, q] = [x[at], y[at]];
    if (p === "#") return [...levels, ...y.slice(at)].join("/");
    if (q === "#") return [...levels, ...x.slice(at)].join("/");
    const level = p === undefined || q === undefined ? undefined : levelOf(p, q);
    if (level === undefined) return undefined;
    levels.push(level);
  }
  return levels.join("/");
}

/** True when the filter `wide` matches every topic that `narrow` matches. */
export function covers(wide: string, narrow: string): boolean {
  return overlapOf(wide, narrow) === narrow;
}

const startsWild = ([first]: readonly string[]) => first === "+" || first === "#";

function levelOf(p: string, q: string): string | undefined {
  if (q === "+" || p === q) return p;
  if (p === "+") return q;
  return agree(p, q) ? (p.includes("+") ? q : p) : undefined;
}

/** Two levels of which at least one has a `+` within: what is before the `+` and what is after it must not differ. */
function agree(p: string, q: string): boolean {
  const [before, after] = [p, q].map((level) => level.split("+"));
  if (before === undefined || after === undefined || (before.length === 1 && after.length === 1)) return false;
  const [start, end] = [before[0] ?? "", before.at(-1) ?? ""];
  const [otherStart, otherEnd] = [after[0] ?? "", after.at(-1) ?? ""];
  return (
    (start.startsWith(otherStart) || otherStart.startsWith(start)) && (end.endsWith(otherEnd) || otherEnd.endsWith(end))
  );
}
