import { type Pattern, parsePattern } from "./pattern.ts";

/** Where mosquitto and its kin publish how many messages they have dropped. */
export const DROPPED_TOPIC = "$SYS/broker/publish/messages/dropped";

/**
 * What becomes of a message: `take` it; `excluded` by the configuration; `other_topics`, which the broker's filters
 * cannot tell from those asked for (`sensor-{id}` is asked for as `+`); the broker's own `dropped` count.
 */
export type Verdict = "take" | "excluded" | "other_topics" | "dropped";

/**
 * Judges topics by the patterns asked for and those left out. A topic that no filter of the configuration asked for is
 * taken: it was queued for one that has left the file since.
 */
export function topicRules(topics: readonly Pattern[], exclude: readonly Pattern[]): (topic: string) => Verdict {
  const filters = topics.map(({ filter }) => parsePattern(filter));
  return (topic) => {
    if (takes(exclude, topic)) return "excluded";
    if (takes(topics, topic)) return "take";
    if (topic === DROPPED_TOPIC) return "dropped";
    return takes(filters, topic) ? "other_topics" : "take";
  };
}

function takes(patterns: readonly Pattern[], topic: string): boolean {
  return patterns.some((pattern) => pattern.takes(topic));
}
