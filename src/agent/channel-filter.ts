/**
 * Whether a filter as of MQTT subscriptions matches a channel: `+` stands for one level, `#` at the end for all that
 * follow, and for none (MQTT 3.1.1, section 4.7.1).
 */
export function matchesFilter(filter: string, channel: string): boolean {
  const wanted = filter.split("/");
  const levels = channel.split("/");
  if (wanted.at(-1) !== "#") return wanted.length === levels.length && begins(wanted, levels);
  const head = wanted.slice(0, -1);
  return head.length <= levels.length && begins(head, levels);
}

function begins(wanted: readonly string[], levels: readonly string[]): boolean {
  return wanted.every((level, index) => level === "+" || level === levels[index]);
}
