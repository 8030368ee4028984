import { NO_TAGS, type Tags } from "../model/index.ts";

/** A channel's points are mostly of a few series. */
const KEPT = 8;
/** Tags of more characters in all are not kept: a sender may make up others for each point. */
const LONGEST = 512;

/** Tags beneath those of points. The same tags above them mostly give the same map again. */
export class TagLayer {
  readonly #tags: Tags;
  readonly #above: Tags[] = [];
  readonly #both: Tags[] = [];
  #oldest = 0;

  constructor(tags: Tags) {
    this.#tags = tags;
  }

  /** The tags with others above, which win. */
  under(above: Tags): Tags {
    if (above.size === 0 || this.#tags.size === 0) return withTags(this.#tags, above);
    const known = this.#above.indexOf(above);
    if (known !== -1) return this.#both[known] as Tags;
    const both = withTags(this.#tags, above);
    if (lengthOf(both) > LONGEST) return both;
    this.#above[this.#oldest] = above;
    this.#both[this.#oldest] = both;
    this.#oldest = (this.#oldest + 1) % KEPT;
    return both;
  }
}

/** Both sets of tags, those of `over` winning. */
export function withTags(under: Tags, over: Tags): Tags {
  if (over.size === 0) return under;
  if (under.size === 0) return over;
  const both = new Map(under);
  for (const [key, value] of over) both.set(key, value);
  return both;
}

function lengthOf(tags: Tags): number {
  let length = 0;
  for (const [key, value] of tags) length += key.length + value.length;
  return length;
}

/** The tags of every point of an input. */
export function tagsOf(agent: Tags, input: Tags): Tags {
  return withTags(withTags(NO_TAGS, agent), input);
}
