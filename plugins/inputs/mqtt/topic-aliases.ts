import { MalformedPacket } from "./frames.ts";
import type { Publish } from "./publish.ts";
import type { Topic } from "./topics.ts";

/** Topic aliases that a broker may use on a connection. */
export const MAX_TOPIC_ALIASES = 256;

/** The topics that a broker has given numbers on one connection (MQTT 5 section 3.3.2.3.4). */
export class TopicAliases {
  readonly #topics = new Map<number, Topic>();

  /** The topic of a PUBLISH, which may give a number to it or be told by one alone. @throws MalformedPacket */
  topicOf({ topic, properties: { topicAlias: alias } }: Publish<Topic>): Topic {
    if (alias === undefined && topic !== undefined) return topic;
    if (alias === undefined || alias === 0 || alias > MAX_TOPIC_ALIASES)
      throw new MalformedPacket(`a PUBLISH has topic alias ${alias}`);
    if (topic !== undefined) {
      this.#topics.set(alias, topic);
      return topic;
    }
    const known = this.#topics.get(alias);
    if (known === undefined) throw new MalformedPacket(`a PUBLISH has topic alias ${alias}, which stands for nothing`);
    return known;
  }
}
