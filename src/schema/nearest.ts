import { closest, distance } from "fastest-levenshtein";

/** The one of `names` that somebody who wrote `name` most likely meant; undefined when none is near. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  // `int` for `integer`, `influx` for `influxdb`: a name cut short.
  const cut = name.length < 2 ? undefined : names.find((each) => each.startsWith(name.toLowerCase()));
  if (cut !== undefined) return cut;
  const candidate = closest(name.toLowerCase(), [...names]);
  const slips = distance(name.toLowerCase(), candidate.toLowerCase());
  // Two letters that changed places count as two slips.
  const allowed = name.length < 4 ? 1 : Math.max(2, Math.floor(name.length / 3));
  return slips <= allowed && slips < name.length ? candidate : undefined;
}

/** `; did you mean "x"?` when a name is near, else the list of those there are, else nothing. */
export function suggestion(name: string, names: readonly string[]): string {
  const near = nearest(name, names);
  if (near !== undefined) return `; did you mean "${near}"?`;
  return names.length === 0 ? "" : `; known: ${[...names].toSorted().join(", ")}`;
}
